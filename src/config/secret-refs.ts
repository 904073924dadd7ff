import type {SecretRef} from './fields.ts'
import type {Config} from './schema.ts'
import {configShape, type Shape, shapeAt} from './shape.ts'

export interface PlacedSecret {
  /** `databases/0/url` */
  readonly path: string
  readonly ref: SecretRef
}

/** Every secret that a configuration refers to, wherever its schema says that there is one. */
export function secretRefs(config: Config): PlacedSecret[] {
  const root = configShape()
  const found: PlacedSecret[] = []
  const look = (value: unknown, path: readonly (string | number)[]): void => {
    const shape: Shape | undefined = shapeAt(root, path, config)
    if (shape?.shape === 'secret') {
      found.push({path: path.join('/'), ref: value as SecretRef})
      return
    }
    if (Array.isArray(value)) for (const [index, item] of value.entries()) look(item, [...path, index])
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inside] of Object.entries(value)) look(inside, [...path, key])
    }
  }
  look(config, [])
  return found
}
