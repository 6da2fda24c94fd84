import { describe, expect, it } from '@jest/globals'
import { contrastOf, legibleOn, readableOn } from './contrast.ts'

const colors = [
  '#000000',
  '#ffffff',
  '#1d4ed8',
  '#ffff00',
  '#ff0000',
  '#00ff00',
  '#0000ff',
  '#777777',
  '#fde68a',
]

describe('WCAG 2.2 §1.4.3: contrast', () => {
  it('is 21 of black on white, and 1 of a colour on itself', () => {
    expect(contrastOf('#000000', '#ffffff')).toBeCloseTo(21)
    expect(contrastOf('#1d4ed8', '#1d4ed8')).toBe(1)
  })

  it.each(colors)('text on a button in %s has at least 4.5:1', color => {
    expect(contrastOf(color, readableOn(color))).toBeGreaterThanOrEqual(4.5)
  })

  it.each(colors)('links in %s have at least 4.5:1 on light and on dark paper', color => {
    for (const paper of ['#ffffff', '#1c2027'])
      expect(contrastOf(paper, legibleOn(paper, color))).toBeGreaterThanOrEqual(4.5)
  })

  it('leaves a colour as it is where it can be read', () => {
    expect(legibleOn('#ffffff', '#1d4ed8')).toBe('#1d4ed8')
  })
})
