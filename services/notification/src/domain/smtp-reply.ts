/** What a mail server said, fit to be stored and logged: one line, no address, no link, not endless. */
import { redactText } from '@latchkey/runtime/logger'

const maxLength = 300
const unprintable = /\p{Cc}+/gu
// Servers quote links of a body that they refused as spam, and ours hold tokens.
const link = /\bhttps?:\/\/[^\s>]+/giu

export const redactReply = (reply: string): string =>
  redactText(reply.replace(unprintable, ' ').replace(link, '[link]')).trim().slice(0, maxLength)
