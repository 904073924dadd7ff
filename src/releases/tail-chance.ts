/** The probability of `errors` or more among `requests` when each fails with `rate`: the binomial's upper tail. */
export function tailChance(errors: number, requests: number, rate: number): number {
  if (errors <= 0) return 1
  if (rate <= 0) return 0
  if (rate >= 1) return 1
  // Terms from `errors` upwards, in logarithms; they fall off geometrically above the mean.
  if (errors <= requests * rate) return 1
  let term = logChoose(requests, errors) + errors * Math.log(rate) + (requests - errors) * Math.log1p(-rate)
  let sum = 0
  for (let count = errors; count <= requests; count += 1) {
    const share = Math.exp(term)
    sum += share
    if (share < sum * 1e-12) break
    term += Math.log((requests - count) / (count + 1)) + Math.log(rate) - Math.log1p(-rate)
  }
  return Math.min(1, sum)
}

function logChoose(all: number, some: number): number {
  let sum = 0
  const few = Math.min(some, all - some)
  for (let index = 1; index <= few; index += 1) sum += Math.log((all - few + index) / index)
  return sum
}

/** The probability of at most `errors` among `requests`: the lower tail. Only small for counts well under the mean. */
export function atMostChance(errors: number, requests: number, rate: number): number {
  if (errors >= requests * rate) return 1
  // Terms from `errors` downwards: below the mean they fall off.
  let term = logChoose(requests, errors) + errors * Math.log(rate) + (requests - errors) * Math.log1p(-rate)
  let sum = 0
  for (let count = errors; count >= 0; count -= 1) {
    const share = Math.exp(term)
    sum += share
    if (share < sum * 1e-12) break
    term += Math.log(count / (requests - count + 1)) + Math.log1p(-rate) - Math.log(rate)
  }
  return Math.min(1, sum)
}
