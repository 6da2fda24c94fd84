/** What the mailbox of the suite holds. */

interface MailboxMessage {
  readonly to: string
  readonly links: readonly string[]
}

/** How many reset mails each address got. */
export const countResetMails = async (mailbox: string): Promise<ReadonlyMap<string, number>> => {
  const response = await fetch(`${mailbox}/api/messages`)
  const messages: readonly MailboxMessage[] = JSON.parse(await response.text())
  const counts = new Map<string, number>()
  for (const { to, links } of messages) {
    if (!links.some(link => link.includes('/reset-password?token='))) continue
    counts.set(to, (counts.get(to) ?? 0) + 1)
  }
  return counts
}
