import { useEffect, useEffectEvent } from 'react'
import { isTyping } from '../ui/shortcuts.ts'

/** A scanner types far faster than a hand: milliseconds between two of its keys. */
const GAP_MS = 60
const SHORTEST = 8

/**
 * Hears a scanner that works as a keyboard, wherever the focus is, by the timing of its keys. Its keys do not reach
 * the page's shortcuts. Input fields keep their own keys.
 */
export function useScanner(onScan: (text: string) => void, enabled = true): void {
  const heard = useEffectEvent(onScan)
  useEffect(() => {
    if (!enabled) return
    let text = ''
    let last = 0
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return
      const fast = event.timeStamp - last < GAP_MS
      if (event.key === 'Enter') {
        if (fast && text.length >= SHORTEST) {
          event.preventDefault()
          event.stopPropagation()
          heard(text)
        }
        text = ''
        return
      }
      if (event.key.length !== 1) return
      if (fast && text !== '') event.stopPropagation()
      text = fast ? text + event.key : event.key
      last = event.timeStamp
    }
    window.addEventListener('keydown', onKey, true)
    return () => window.removeEventListener('keydown', onKey, true)
  }, [enabled])
}
