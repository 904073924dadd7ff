import {expect, test} from 'vitest'
import {THEMES} from './themes.ts'

/** The 16 colours as xterm has them; others are near. */
const OWN =
  '000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff'.split(
    ' ',
  )
const STEPS = [0, 95, 135, 175, 215, 255]

/** Red, green and blue of one of the 256 colours, 0 to 255. */
function rgb(colour: number): readonly number[] {
  const own = OWN[colour]
  if (own !== undefined) return [0, 2, 4].map(at => Number.parseInt(own.slice(at, at + 2), 16))
  if (colour >= 232) return [0, 0, 0].map(() => 8 + (colour - 232) * 10)
  const index = colour - 16
  return [Math.floor(index / 36), Math.floor(index / 6) % 6, index % 6].map(step => STEPS[step] ?? 0)
}

/** Relative luminance, WCAG 2.2. */
function luminance(colour: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = colour.map(value => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Of bold and large text WCAG wants 3; inverse is the same pair. */
const LEAST = 3

const pairs = Object.entries(THEMES).flatMap(([theme, {dark, light}]) =>
  [
    {theme, background: 'dark', palette: dark, lightOf: (own: number) => (own + 0.05) / 0.05},
    {theme, background: 'light', palette: light, lightOf: (own: number) => 1.05 / (own + 0.05)},
  ].flatMap(each => [
    {...each, depth: 0 as const, colours: 256},
    {...each, depth: 1 as const, colours: 16},
  ]),
)

test.each(pairs)('$theme on $background, $colours colours: every colour can be read', ({palette, depth, lightOf}) => {
  const ratios = Object.entries(palette).map(
    ([name, colour]) => [name, lightOf(luminance(rgb(colour[depth])))] as const,
  )
  expect(ratios.filter(([, ratio]) => ratio < LEAST)).toEqual([])
})
