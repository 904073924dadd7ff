/** Calls back at each SIGHUP, which then ends nothing; returns how to stop listening, after which it is ignored. */
export function onHangUp(act: () => void): () => void {
  ignoreHangUp()
  process.on('SIGHUP', act)
  return () => void process.off('SIGHUP', act)
}

/** For a process that lives on without its terminal, from its first moment on. */
export function ignoreHangUp(): void {
  if (!process.listeners('SIGHUP').includes(nothing)) process.on('SIGHUP', nothing)
}

const nothing = (): void => {}
