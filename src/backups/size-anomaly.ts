/** Half the usual size, or twice it, wants a person's look. A sudden drop is worse than a rise. */
export const sizeAnomaly = (change: number | undefined): boolean =>
  change !== undefined && (change <= -0.5 || change >= 1)
