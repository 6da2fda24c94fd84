/**
 * Where development mails arrive: an SMTP server and a page on loopback that keep the latest mails in memory.
 */
export { type Mailbox, startMailbox } from './mailbox.ts'
export type { Message } from './message.ts'
