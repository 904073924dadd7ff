import type {Reporter, TestCase} from 'vitest/node'

/** Names at the end every test that passed at its second try, with what was wrong at the first: a fault that is to be found. */
export default class SecondTries implements Reporter {
  readonly #found: string[] = []

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky !== true) return
    const [first] = test.result().errors ?? []
    const why = (first?.message ?? 'no reason is known').split('\n').slice(0, 3).join(' ')
    this.#found.push(`  ${test.module.relativeModuleId}: ${test.fullName}: ${why}`)
  }

  onTestRunEnd(): void {
    if (this.#found.length > 0) process.stdout.write(['passed at the second try:', ...this.#found, ''].join('\n'))
  }
}
