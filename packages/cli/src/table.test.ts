import { describe, expect, it } from '@jest/globals'
import { printableJson } from './printable.ts'
import { members, table } from './table.ts'

describe('what is printed', () => {
  it('stands in columns', () => {
    expect(
      table(
        ['ID', 'NAME'],
        [
          ['1', 'Shop'],
          ['22', ''],
        ],
      ),
    ).toBe('ID  NAME\n1   Shop\n22')
  })

  it('has a line for each entry of a list', () => {
    expect(
      members([
        ['name', 'Shop'],
        ['uris', ['a', 'b']],
        ['none', []],
      ]),
    ).toBe('name  Shop\nuris  a\n      b\nnone  -')
  })

  it.each([null, undefined, '', {}])('has a dash for what is not there: %j', value => {
    expect(members([['name', value]])).toBe('name  -')
  })

  it.each([0, false])('shows %j', value => {
    expect(members([['name', value]])).toBe(`name  ${value}`)
  })

  it.each(['\u001b[31mred', 'a\nb', '\u009b2J', '\u202egnp', 'a\u2028b'])('moves no cursor: %j', text => {
    expect(table(['X'], [[text]]).split('\n')).toHaveLength(2)
    expect(table(['X'], [[text]]).slice(2)).not.toMatch(/[\p{Cc}\u2028\u202e]/u)
    expect(JSON.parse(printableJson({ text }))).toEqual({ text })
    expect(printableJson(text)).toMatch(/^[ -~]*$/)
  })
})
