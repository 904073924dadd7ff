export interface Count {
  readonly passed: number
  readonly failed: number
}

/** The parts of vitest's JSON report that are counted. */
export interface VitestReport {
  readonly success: boolean
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly {readonly status: string}[]
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
