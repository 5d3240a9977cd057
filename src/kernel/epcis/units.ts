/**
 * Units of UN/ECE Recommendation 20 that convert into one another, for sensor values: a query in kelvin finds a report in degrees Celsius.
 * A unit that is not listed is comparable with itself alone.
 */

interface Unit {
  readonly kind: string
  /** `base = value * factor + offset` */
  readonly factor: number
  readonly offset: number
}

const UNITS: ReadonlyMap<string, Unit> = new Map(
  Object.entries({
    temperature: { KEL: 1, CEL: [1, 273.15], FAH: [5 / 9, 459.67 * (5 / 9)] },
    mass: { KGM: 1, GRM: 0.001, MGM: 1e-6, TNE: 1000, LBR: 0.45359237, ONZ: 0.028349523125 },
    length: { MTR: 1, DMT: 0.1, CMT: 0.01, MMT: 0.001, KMT: 1000, INH: 0.0254, FOT: 0.3048, YRD: 0.9144, SMI: 1609.344 },
    area: { MTK: 1, CMK: 1e-4, MMK: 1e-6 },
    volume: { MTQ: 1, LTR: 0.001, MLT: 1e-6, CMQ: 1e-6, DMQ: 0.001, HLT: 0.1, CLT: 1e-5 },
    time: { SEC: 1, MIN: 60, HUR: 3600, DAY: 86_400, WEE: 604_800 },
    speed: { MTS: 1, KMH: 1 / 3.6, HM: 0.44704 },
    pressure: { PAL: 1, A97: 100, KPA: 1000, BAR: 100_000, MBR: 100, MPA: 1e6, ATM: 101_325 },
    energy: { JOU: 1, KJO: 1000, WHR: 3600, KWH: 3.6e6 },
    power: { WTT: 1, KWT: 1000 },
    frequency: { HTZ: 1, KHZ: 1000, MHZ: 1e6 },
    angle: { C81: 1, DD: Math.PI / 180 },
  } as Record<string, Record<string, number | [number, number]>>).flatMap(([kind, units]) =>
    Object.entries(units).map(([code, value]): [string, Unit] => {
      const [factor, offset] = Array.isArray(value) ? value : [value, 0]
      return [code, { kind, factor, offset }]
    }),
  ),
)

/** The units that a value in `uom` may be compared with, itself first. */
export function unitsLike(uom: string): readonly string[] {
  const unit = UNITS.get(uom)
  if (unit === undefined) return [uom]
  return [uom, ...[...UNITS].filter(([code, u]) => code !== uom && u.kind === unit.kind).map(([code]) => code)]
}

/**
 * A value of one unit in another.
 * @param difference whether it is a difference, such as a standard deviation, which knows no zero point
 * @returns undefined when the units do not convert
 */
export function convertUnit(value: number, from: string, to: string, difference = false): number | undefined {
  if (from === to) return value
  const a = UNITS.get(from)
  const b = UNITS.get(to)
  if (a === undefined || b === undefined || a.kind !== b.kind) return undefined
  return difference ? (value * a.factor) / b.factor : (value * a.factor + a.offset - b.offset) / b.factor
}

/** Conversion leaves the last digits of a double unsure: converted values are equal within this share of the larger. */
export const UNIT_TOLERANCE = 1e-9
