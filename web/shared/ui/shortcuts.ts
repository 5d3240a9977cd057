import { useEffect, useEffectEvent } from 'react'

/** True where keys are text: a shortcut must not fire while somebody types. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
      target.closest('[role="dialog"], [role="listbox"], [role="menu"]') !== null)
  )
}

export interface ShortcutActions {
  /** Letter after g → what to do. */
  readonly go: ReadonlyMap<string, () => void>
  readonly help: () => void
}

/** g then a letter goes to a page, / focuses the page's search (`data-search`), ? shows the list. */
export function useShortcuts(actions: ShortcutActions): void {
  const help = useEffectEvent(() => actions.help())
  const goTo = useEffectEvent((letter: string) => actions.go.get(letter))
  useEffect(() => {
    let armedAt = 0
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return
      if (event.key === '/') {
        const field = document.querySelector<HTMLElement>('[data-search] input, input[data-search]')
        if (field !== null) {
          event.preventDefault()
          field.focus()
        }
        return
      }
      if (event.key === '?') return help()
      const armed = Date.now() - armedAt < 1500
      armedAt = 0
      if (armed) {
        const go = goTo(event.key.toLowerCase())
        if (go !== undefined) {
          event.preventDefault()
          go()
          return
        }
      }
      if (event.key === 'g') armedAt = Date.now()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}
