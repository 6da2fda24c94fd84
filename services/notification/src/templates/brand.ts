/** How a mail shows whose it is. */

export interface Brand {
  readonly name: string
  /** `#rrggbb`: the button's background. */
  readonly color: string
}

/** Black or white, whichever reads better on `color`; at least 4.5:1 on any. @see WCAG 2.2 §1.4.3 */
export const readableOn = (color: string): '#000000' | '#ffffff' => {
  const luminance = luminanceOf(color)
  return (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) ? '#000000' : '#ffffff'
}

/** Relative luminance, 0 (black) to 1 (white). @see WCAG 2.2, definition of relative luminance */
const luminanceOf = (color: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(at => {
    const channel = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
