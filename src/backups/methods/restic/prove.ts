import {createReadStream} from 'node:fs'
import {escapeLine} from '../../../text/escape.ts'
import type {ResticManifest} from '../../manifest.ts'
import {proofReason} from '../../proof-reason.ts'
import {provedWords} from '../../proved-words.ts'
import type {BackupMethod, Proof} from '../method.ts'
import {parseList} from './list-text.ts'
import {measureTree, treeWords} from './measurements.ts'
import {compareTrees, type TreeEntry} from './tree.ts'
import {walkTree} from './walk.ts'

/** Reads every file of a restored tree, and compares it with the list of the backup, which lies beside it. */
export async function proveTree(
  of: ResticManifest,
  {root, list}: {readonly root: string; readonly list: string},
  {signal, progress, now}: Parameters<BackupMethod['prove']>[2],
): Promise<Proof> {
  const begun = now()
  const expected = await parseList(createReadStream(list))
  const found: TreeEntry[] = []
  for await (const {entry} of walkTree(root, {signal, read: true})) {
    found.push(entry)
    progress(found.length, Math.max(expected.length, found.length))
  }
  // Only root can give files to others.
  const owners = process.getuid?.() === 0
  const differences = compareTrees(expected, found, {owners})
  const tables = measureTree(found)
  const words = `${treeWords(tables)}${owners ? '' : ' (owners aside: only root can restore them)'}`
  return {
    ok: differences.length === 0,
    tables: tables.length,
    rows: found.length,
    checks: [],
    differences,
    reason: escapeLine(proofReason(differences, [], {all: words, proved: provedWords(of)}), 500),
    durationMs: now() - begun,
  }
}
