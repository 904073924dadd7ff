import path from 'node:path'
import type {VitestReport} from './count-tests.ts'

/** More failures than these, or than one file in a hundred, are no accident of a busy machine. */
const MOST = 3

/**
 * The files that get a second try in CI, alone: those that a pause of the machine may have broken in the middle of a real
 * server's work. Each has a fault that is to be found, so each is named.
 */
export function filesToTryAgain({testResults}: VitestReport): readonly string[] {
  const failed = testResults.filter(({status}) => status === 'failed').map(({name}) => path.relative('', name))
  return failed.length > Math.max(MOST, testResults.length / 100) ? [] : failed
}

/** The report as a second run of some of its files leaves it. */
export function withSecondTry(first: VitestReport, second: VitestReport): VitestReport {
  const again = new Map(second.testResults.map(file => [file.name, file]))
  const testResults = first.testResults.map(file => again.get(file.name) ?? file)
  return {success: testResults.every(({status}) => status !== 'failed'), testResults}
}

/** Every test that passed at its second try, with what was wrong at the first. */
export function secondTries(first: VitestReport, second: VitestReport): readonly string[] {
  const good = new Set(second.testResults.filter(({status}) => status !== 'failed').map(({name}) => name))
  const found = first.testResults
    .filter(({name, status}) => status === 'failed' && good.has(name))
    .flatMap(({name, assertionResults}) =>
      assertionResults
        .filter(({status}) => status === 'failed')
        .map(
          ({fullName, failureMessages = []}) =>
            `  ${path.relative('', name)}: ${fullName}: ${(failureMessages[0] ?? 'no reason is known').split('\n').slice(0, 3).join(' ').slice(0, 500)}`,
        ),
    )
  return found.length === 0 ? [] : ['passed at the second try:', ...found]
}
