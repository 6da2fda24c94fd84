/** Colours that can be read on each other. @see WCAG 2.2 §1.4.3 and its definition of relative luminance */

/** `#rrggbb`. */
type Color = string

const channelsOf = (color: Color): number[] =>
  [1, 3, 5].map(at => Number.parseInt(color.slice(at, at + 2), 16) / 255)

/** 0 (black) to 1 (white). */
const luminanceOf = (color: Color): number => {
  const [red = 0, green = 0, blue = 0] = channelsOf(color).map(channel =>
    channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** 1 (the same) to 21 (black on white). */
export const contrastOf = (one: Color, other: Color): number => {
  const [dark = 0, light = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

/** Black or white, whichever reads better on `color`; at least 4.5:1 on any. */
export const readableOn = (color: Color): '#000000' | '#ffffff' =>
  contrastOf(color, '#000000') > contrastOf(color, '#ffffff') ? '#000000' : '#ffffff'

const mix = (color: Color, other: Color, share: number): Color => {
  const others = channelsOf(other)
  const mixed = channelsOf(color).map((channel, at) => channel + ((others[at] ?? 0) - channel) * share)
  return `#${mixed
    .map(channel =>
      Math.round(channel * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`
}

const enoughForText = 4.5

/** `color`, made darker or lighter by as little as it takes to be read on `paper`. */
export const legibleOn = (paper: Color, color: Color): Color => {
  const towards = readableOn(paper)
  const shares = Array.from({ length: 21 }, (_, step) => step / 20)
  const share = shares.find(each => contrastOf(paper, mix(color, towards, each)) >= enoughForText) ?? 1
  return mix(color, towards, share)
}
