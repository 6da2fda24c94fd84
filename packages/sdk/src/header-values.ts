/** Every value of a header as it was sent: Node itself keeps only the first Authorization, and joins others. */
import type { IncomingMessage } from 'node:http'

/** @param name in lower case */
export const headerValues = ({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>, name: string): string[] => {
  const values: string[] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [field = '', value = ''] = [rawHeaders[index], rawHeaders[index + 1]]
    if (field.length === name.length && field.toLowerCase() === name) values.push(value)
  }
  return values
}
