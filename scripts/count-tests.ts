import path from 'node:path'

export interface Count {
  readonly passed: number
  readonly failed: number
}

/** The parts of vitest's JSON report that are counted. */
export interface VitestReport {
  readonly success: boolean
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    /** Milliseconds since 1970. */
    readonly startTime: number
    readonly endTime: number
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

/** A file that did not even load has no test to count, so it counts as one failure itself. */
export function countTests(report: VitestReport, exitedWell: boolean): Count {
  let passed = 0
  let failed = 0
  for (const file of report.testResults) {
    const statuses = file.assertionResults.map(result => result.status)
    passed += statuses.filter(status => status === 'passed').length
    const broken = statuses.filter(status => status === 'failed').length
    failed += broken === 0 && file.status === 'failed' ? 1 : broken
  }
  // An error outside of any test also ends vitest with a failure.
  return {passed, failed: failed === 0 && !(report.success && exitedWell) ? 1 : failed}
}

/** Where the time went. */
export function slowestFiles({testResults}: VitestReport, count: number): readonly string[] {
  const timed = testResults.map(({name, startTime, endTime}) => ({
    name: path.relative('', name),
    ms: endTime - startTime,
  }))
  const slowest = timed.toSorted((a, b) => b.ms - a.ms).slice(0, count)
  return ['slowest files:', ...slowest.map(({name, ms}) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${name}`)]
}

/** What did not run here: not root, a program missing. */
export function skippedTests({testResults}: VitestReport): readonly string[] {
  const skipped = testResults.flatMap(({name, assertionResults}) =>
    assertionResults
      .filter(({status}) => status !== 'passed' && status !== 'failed')
      .map(({fullName}) => `  ${path.relative('', name)}: ${fullName}`),
  )
  return skipped.length === 0 ? ['nothing was skipped'] : ['skipped:', ...skipped]
}
