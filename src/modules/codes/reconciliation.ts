import type { Order, OrderState } from './contract.ts'

/** Labels that may be missing without a word: half a percent, and five at least. */
export function toleranceOf(ordered: number): number {
  return Math.max(5, Math.floor(ordered / 200))
}

/**
 * Ordered = printed well + scrapped + left in the pack. What does not add up beyond the tolerance, or arrives in
 * another number than was printed, blocks the next order until somebody explains it: labels that nobody can account
 * for are how codes leak.
 */
export function reconcile(facts: {
  ordered: number
  printed: number
  scrapped: number
  left: number
  received: number
  explained: boolean
  status: OrderState
}): Order['reconciliation'] {
  const { ordered, printed, scrapped, left, received, explained, status } = facts
  const tolerance = toleranceOf(ordered)
  const counted = status === 'printed' || status === 'received'
  const missingAtPrinter = counted ? ordered - printed - scrapped - left : 0
  const missingOnTheWay = status === 'received' ? printed - received : 0
  const difference = Math.max(Math.abs(missingAtPrinter), Math.abs(missingOnTheWay))
  return { ordered, printed, scrapped, left, received, difference, tolerance, explained, blocks: difference > tolerance && !explained }
}
