import { describe, expect, it } from '@jest/globals'
import type { Message } from './message.ts'
import { createMessages } from './messages.ts'

const aMessage = (id: string, text = 'x'): Message => ({
  id,
  from: '',
  to: '',
  subject: '',
  text,
  html: '',
  links: [],
  received_at: '',
})

describe('the kept mails', () => {
  it('drops the oldest beyond the count', () => {
    const messages = createMessages({ maxMessages: 2, maxChars: 100 })
    for (const id of ['a', 'b', 'c']) messages.add(aMessage(id))
    expect(messages.list().map(({ id }) => id)).toEqual(['c', 'b'])
    expect(messages.find('a')).toBeUndefined()
  })

  it('drops the oldest beyond the size, but always keeps the newest', () => {
    const messages = createMessages({ maxMessages: 10, maxChars: 5 })
    messages.add(aMessage('a', 'xxx'))
    messages.add(aMessage('b', 'xxxxxxxx'))
    expect(messages.list().map(({ id }) => id)).toEqual(['b'])
  })
})
