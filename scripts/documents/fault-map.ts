/** The head of `docs/fault-map.md`; the tables below it are measured by `scripts/fault-map.ts`. */
export const FAULT_MAP_HEADER = `<!-- Written by \`node scripts/fault-map.ts\`. Do not edit. -->
# Fault map of a run

Every operation of one small run that touches the disk, starts a process or sends a signal, in order, each hit in three
ways. The run appends a line to its target in step one, fails in step two, and undoes step one. What is written here is
what \`runs show\` told afterwards; \`taken up\` is the end after a person looked at the target and settled what was
unknown with \`runs settle\`, or called \`runs resume\` where nothing was. In every case each effect happened once, in
order, and the audit trail verified: \`test/reliability/crash-points.test.ts\` holds that for every operation.

- **killed just before it**: \`kill -9\` of the process.
- **it fails once**: this one operation raises EIO, the next ones work.
- **disk full from it on**: it and every later write raises ENOSPC until the process has ended; then there is space.
`
