/** Mails as their readers get them, from the mailbox that `npm start` brings. */
import type { Message } from '@latchkey/launcher/mailbox'
import { eventually } from '@latchkey/testkit'
import { call } from './call.ts'
import { expected } from './person.ts'

interface Mailbox {
  readonly mailbox: string
}

/** Newest first. */
export const mailsTo = async ({ mailbox }: Mailbox, email: string): Promise<readonly Message[]> => {
  const messages = expected<Message[]>(200, await call(mailbox, 'GET', '/api/messages'))
  return messages.filter(({ to }) => to === email)
}

/** The newest of `count` mails, once all of them are there. */
export const mailTo = (suite: Mailbox, email: string, count = 1): Promise<Message> =>
  eventually(
    async () => {
      const [newest, ...older] = await mailsTo(suite, email)
      if (newest === undefined || older.length + 1 < count) throw new Error(`no mail to ${email} yet`)
      return newest
    },
    { timeoutMs: 20_000, intervalMs: 100 },
  )

const findResetLink = ({ links }: Message): string | undefined =>
  links.find(each => each.includes('/reset-password?'))

export const resetMailsTo = async (suite: Mailbox, email: string): Promise<readonly Message[]> =>
  (await mailsTo(suite, email)).filter(mail => findResetLink(mail) !== undefined)

/** What a verification mail holds, once `count` of them are there. */
export const verificationTo = (suite: Mailbox, email: string, count = 1) =>
  eventually(
    async () => {
      const mails = await mailsTo(suite, email)
      const found = mails.filter(({ links }) => links.some(link => link.includes('/verify-email?')))
      const [mail] = found
      if (mail === undefined || found.length < count) throw new Error(`no verification mail to ${email} yet`)
      const url = new URL(mail.links.find(link => link.includes('/verify-email?')) ?? '')
      return { mail, url, token: url.searchParams.get('token') ?? '', code: codeIn(mail) }
    },
    { timeoutMs: 20_000, intervalMs: 100 },
  )

/** The code of a mail, alone on its line. */
export const codeIn = ({ text }: Message): string => /^(\d{6})$/m.exec(text)?.[1] ?? ''

/** The link of a reset mail, and the token in it. */
export const resetLinkIn = (mail: Message): { url: URL; token: string } => {
  const link = findResetLink(mail)
  if (link === undefined) throw new Error(`no reset link in the mail: ${mail.links.join(' ')}`)
  const url = new URL(link)
  return { url, token: url.searchParams.get('token') ?? '' }
}

/** Asks for a reset and gives the link of the mail that arrives. */
export const requestReset = async (
  suite: Mailbox & { readonly gateway: string },
  email: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ mail: Message; url: URL; token: string }> => {
  // Among these alone: a notice of something that was done before may arrive in between.
  const before = (await resetMailsTo(suite, email)).length
  expected(200, await call(suite.gateway, 'POST', '/auth/password/reset', { json: { email }, headers }))
  const mail = await eventually(
    async () => {
      const [newest, ...older] = await resetMailsTo(suite, email)
      if (newest === undefined || older.length < before) throw new Error(`no reset mail to ${email} yet`)
      return newest
    },
    { timeoutMs: 20_000, intervalMs: 100 },
  )
  return { mail, ...resetLinkIn(mail) }
}
