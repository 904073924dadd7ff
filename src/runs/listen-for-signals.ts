/** TERM and INT abort with undo; a hang-up is none of the runner's business. */
export function listenForSignals(abort: (signal: NodeJS.Signals) => void): () => void {
  const terminate = (): void => abort('SIGTERM')
  const interrupt = (): void => abort('SIGINT')
  const ignore = (): void => {}
  process.on('SIGTERM', terminate).on('SIGINT', interrupt).on('SIGHUP', ignore)
  return () => void process.off('SIGTERM', terminate).off('SIGINT', interrupt).off('SIGHUP', ignore)
}
