import {existsSync, rmSync, statSync} from 'node:fs'
import {readPlainText} from '../../files/plain-file.ts'
import type {Progress} from '../../runbooks/ports.ts'
import type {RunStore, StoredRun} from '../../runs/ports.ts'
import type {Clock} from '../../units/clock.ts'
import {secretKey} from '../secret-key.ts'
import {
  createRun,
  dropOldPlans,
  keepPlan,
  listRunIds,
  readPlan,
  readRequest,
  type RunFiles,
  runFiles,
  writeWhole,
} from './directory.ts'
import {leaveRequest, openInbox} from './inbox.ts'
import {openJournal, readEvents} from './journal.ts'
import {journalLines} from './journal-lines.ts'
import {openOutput, readOutput} from './output.ts'
import {findLine, readPage} from './output-pages.ts'

/** The runs of a state directory. Holds nothing itself: other processes write them too. */
export function runStore(stateDir: string, clock: Clock): RunStore {
  return {
    ids: () => listRunIds(stateDir),
    run: id => storedRun(id, runFiles(stateDir, id), clock),
    create: request => storedRun(request.run, createRun(stateDir, request), clock),
    keepPlan: kept => keepPlan(stateDir, kept),
    keptPlan: id => readPlan(stateDir, id),
    secretKey: () => secretKey(stateDir),
    dropOldPlans: now => dropOldPlans(stateDir, now),
  }
}

function storedRun(id: string, files: RunFiles, clock: Clock): StoredRun {
  return {
    id,
    log: files.log,
    spool: files.spool,
    exists: () => existsSync(files.request),
    request: () => readRequest(files),
    requestedAt: () => statSync(files.request).mtimeMs,
    events: from => readEvents(files.journal, from),
    lines: () => journalLines(files.journal),
    output: from => readOutput(files.output, from),
    pages: {
      page: request => readPage(files.output, request),
      find: (request, signal) => findLine(files.output, request, signal),
    },
    progress: () => readProgress(files.progress),
    leave: request => leaveRequest(files.inbox, request),
    hasReport: () => existsSync(`${files.report}.md`),
    report: () => (existsSync(`${files.report}.md`) ? readPlainText(`${files.report}.md`) : undefined),
    keepReport: ({markdown, json}) => {
      writeWhole(`${files.report}.json`, json)
      writeWhole(`${files.report}.md`, markdown)
    },
    dropReport: () => {
      for (const ending of ['md', 'json']) rmSync(`${files.report}.${ending}`, {force: true})
    },
    openJournal: redact => openJournal(files.journal, id, {clock, redact}),
    openInbox: refused => openInbox(files.inbox, refused),
    openOutput: lastSeq => openOutput(files, lastSeq),
  }
}

function readProgress(file: string): Progress | undefined {
  try {
    return (JSON.parse(readPlainText(file)) as Progress | null) ?? undefined
  } catch {
    return undefined
  }
}
