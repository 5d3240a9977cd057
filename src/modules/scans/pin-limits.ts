/**
 * How many wrong PINs a client may try. A client is its device, or its network where it keeps no cookie. Nothing here
 * locks a label for somebody who has not tried it: whoever guesses locks himself.
 */
export const PIN_LIMITS = {
  /** Wrong PINs of one client for one label within a day, after which it waits longer each time. */
  perLabel: 5,
  backOffSeconds: [15 * 60, 3600, 86_400],
  /** Wrong PINs of one network for one label: a robot that throws its cookie away each time is still one network. */
  perLabelOfNetwork: 15,
  /** Wrong PINs of one device, and of one network, which may be a whole shop or a mobile carrier's, within an hour. */
  perDevice: 20,
  perNetwork: 100,
  /** Wrong PINs for one label by others within a day, from where on each further client has one try an hour. */
  underAttack: 30,
} as const

export interface PinTries {
  /** This client's wrong PINs for this label within a day. */
  readonly ownOnLabel: number
  readonly lastOwnOnLabel: Date | undefined
  /** Those of its network, its own included. */
  readonly networkOnLabel: number
  readonly lastOfNetworkOnLabel: Date | undefined
  /** Those of all others. */
  readonly othersOnLabel: number
  /** When the last but nineteen of this device was, and the last but ninety-nine of its network, within the hour. */
  readonly deviceWindowFrom: Date | undefined
  readonly networkWindowFrom: Date | undefined
}

/** @returns seconds until this client may try this label again; 0 when it may now */
export function pinWait(tries: PinTries, now: Date): number {
  const until: number[] = []
  const { ownOnLabel, lastOwnOnLabel } = tries
  for (const [count, last, limit] of [
    [ownOnLabel, lastOwnOnLabel, PIN_LIMITS.perLabel],
    [tries.networkOnLabel, tries.lastOfNetworkOnLabel, PIN_LIMITS.perLabelOfNetwork],
  ] as const) {
    if (last === undefined || count < limit) continue
    const step = Math.min(count - limit, PIN_LIMITS.backOffSeconds.length - 1)
    until.push(last.getTime() + PIN_LIMITS.backOffSeconds[step]! * 1000)
  }
  if (lastOwnOnLabel !== undefined && ownOnLabel >= 1 && tries.othersOnLabel >= PIN_LIMITS.underAttack) {
    until.push(lastOwnOnLabel.getTime() + 3_600_000)
  }
  for (const from of [tries.deviceWindowFrom, tries.networkWindowFrom]) if (from !== undefined) until.push(from.getTime() + 3_600_000)
  const wait = Math.max(0, ...until) - now.getTime()
  return wait <= 0 ? 0 : Math.ceil(wait / 1000)
}
