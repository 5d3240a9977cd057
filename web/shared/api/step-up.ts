/**
 * Grave acts want a proof of the last minutes and answer STEP_UP_REQUIRED without it. `useAct` then asks here, and
 * sends the act again when the person has proved who they are; the dialog registers itself.
 */
let ask: () => Promise<boolean> = () => Promise.resolve(false)

export function whenProofIsWanted(handler: () => Promise<boolean>): void {
  ask = handler
}

/** @returns false when the person gave up */
export function askForProof(): Promise<boolean> {
  return ask()
}
