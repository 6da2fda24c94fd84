/** A mail handed to the same mail server by the same library, without queue or record. */
import { createTransport } from 'nodemailer'
import type { Floor } from '../report/result.ts'

const mails = 500
const connections = 20

export const measureSmtp = async (smtpUrl: string): Promise<Floor> => {
  const { hostname, port } = new URL(smtpUrl)
  const transport = createTransport({
    pool: true,
    maxConnections: connections,
    host: hostname,
    port: Number(port),
    ignoreTLS: true,
  })
  const send = () =>
    transport.sendMail({
      from: 'floor@example.com',
      to: 'floor@example.com',
      subject: 'Floor',
      text: 'A line of text.\n'.repeat(20),
      html: '<p>A line of text.</p>\n'.repeat(100),
    })
  const all = (): Promise<unknown> => Promise.all(Array.from({ length: mails }, send))
  try {
    await all()
    const before = process.cpuUsage()
    await all()
    const { user, system } = process.cpuUsage(before)
    return { name: 'nodemailer alone', micros: (user + system) / mails }
  } finally {
    transport.close()
  }
}
