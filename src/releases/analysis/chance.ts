/** A seeded source of chance: the same seed gives the same forecast, and the same simulation. */
export interface Chance {
  uniform(): number
  poisson(mean: number): number
}

/** Mulberry32 (Tommy Ettinger, public domain), and counts from it. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {uniform, poisson: mean => poissonOf(mean, uniform)}
}

/** By inversion for small means, and by its normal shape with the skew corrected for large ones. */
function poissonOf(mean: number, uniform: () => number): number {
  if (mean <= 0) return 0
  if (mean > 60) {
    const normal = Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal + (normal * normal - 1) / 6))
  }
  let [count, chance] = [0, Math.exp(-mean)]
  let left = uniform() - chance
  while (left > 0 && count < 1_000) {
    count += 1
    chance *= mean / count
    left -= chance
  }
  return count
}
