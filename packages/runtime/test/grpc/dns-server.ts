/** A name server on loopback that answers every question for an address with the list that it was last given. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

const typeA = 1
const headerBytes = 12

/** @see RFC 1035 §4.1 */
const answer = (query: Buffer, addresses: readonly string[]): Buffer => {
  // The question: labels up to an empty one, then type and class.
  let end = headerBytes
  while (query.readUInt8(end) !== 0) end += query.readUInt8(end) + 1
  const isAddress = query.readUInt16BE(end + 1) === typeA
  const question = query.subarray(headerBytes, end + 5)
  const records = (isAddress ? addresses : []).map(address => {
    const record = Buffer.alloc(16)
    record.writeUInt16BE(0xc00c, 0) // the name: the one at offset 12
    record.writeUInt16BE(typeA, 2)
    record.writeUInt16BE(1, 4) // class IN
    record.writeUInt32BE(0, 6) // time to live
    record.writeUInt16BE(4, 10)
    record.set(address.split('.').map(Number), 12)
    return record
  })
  const header = Buffer.alloc(headerBytes)
  query.copy(header, 0, 0, 2) // the id
  header.writeUInt16BE(0x8180, 2) // an answer without an error
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(records.length, 6)
  return Buffer.concat([header, question, ...records])
}

export const startDnsServer = async (addresses: readonly string[]) => {
  let current = addresses
  const socket = createSocket('udp4')
  socket.on('message', (query, { port, address }) => socket.send(answer(query, current), port, address))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    port: socket.address().port,
    /** What the next look-up gets. */
    setAddresses: (next: readonly string[]) => {
      current = next
    },
    close: () => socket.close(),
  }
}
