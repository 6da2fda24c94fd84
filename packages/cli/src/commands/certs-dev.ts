/** `latchkey certs dev`: what mutual TLS needs on one machine. */
import { processNames, writeDevelopmentCertificates } from '@latchkey/runtime/certificates'
import { type Command, UsageError } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'

export const certsDev: Command = {
  name: 'certs dev',
  operands: '<folder>',
  summary: 'Writes an authority and a certificate for each process, for development; keeps those that hold',
  options: {},
  help: ['Not for production: the key of the authority lies beside the certificates.'],
  run: async ({ operands, answer }) => {
    const [folder, ...more] = operands
    if (folder === undefined || more.length > 0) throw new UsageError('name one folder')
    const certificates = await writeDevelopmentCertificates(folder, processNames)
    answer(certificates, `${folder}: the authority and the certificates of ${processNames.join(', ')}`)
    return exitCodes.ok
  },
}
