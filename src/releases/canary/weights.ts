/** Weights of single servers by which one slot gets its share. */
export interface Weights {
  readonly canary: number
  readonly stable: number
}

const MOST = 256

/** The pair of whole weights that comes nearest to the share: 13 and 247 give exactly 5 % with as many servers on both sides. */
export function weightsFor(
  percent: number,
  {canary, stable}: {readonly canary: number; readonly stable: number},
): Weights {
  const share = percent / 100
  let best: Weights = {canary: 1, stable: MOST}
  let least = Number.POSITIVE_INFINITY
  for (let weight = MOST; weight >= 1; weight -= 1) {
    const wanted = (share * weight * stable) / ((1 - share) * canary)
    const whole = Math.min(MOST, Math.max(1, Math.round(wanted)))
    const off = Math.abs((whole * canary) / (whole * canary + weight * stable) - share)
    if (off < least - 1e-12) [best, least] = [{canary: whole, stable: weight}, off]
  }
  return best
}
