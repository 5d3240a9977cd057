// placeholder until the real table is merged
export const toBaseUnit = (value: number, uom: string): { uom: string; value: number } => ({ uom, value })
