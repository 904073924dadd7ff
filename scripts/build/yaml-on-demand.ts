const MADE = /^var (import_yaml\d*) = (__toESM\(require_\w+\(\)(?:, 1)?\));$/gm
const USED = /(?<![\w$.])(import_yaml\d*)(?=\.)/g

/**
 * Lets the package that parses YAML run at its first use. The bundler runs a package in CommonJS as soon as a file is loaded
 * that imports it, and a console whose configuration was checked before never asks it. Lines stay where they are, for the
 * source maps.
 */
export function yamlOnDemand(code: string): string {
  const made = new Set<string>()
  const late = code.replace(MADE, (_line, name: string, package_: string) => {
    made.add(name)
    return `var _${name}; function ${name}() { return _${name} ??= ${package_}; }`
  })
  return late.replace(USED, (_use, name: string) => {
    if (!made.has(name)) throw new Error(`${name} is made in a way that the build does not know`)
    // With its brackets also behind `new`.
    return `(${name}())`
  })
}
