/** kubectl up to the verb. What is not said is that of the kubeconfig. */
export const kubectlArgv = ({
  kubectl,
  context,
  namespace,
}: {
  readonly kubectl: readonly string[]
  readonly context?: string | undefined
  readonly namespace: string
}): readonly string[] => [
  ...kubectl,
  ...(context === undefined ? [] : [`--context=${context}`]),
  `--namespace=${namespace}`,
]

/** ` in context production`; nothing where the current one is meant. */
export const contextWords = ({context}: {readonly context?: string | undefined}): string =>
  context === undefined ? '' : ` in context ${context}`
