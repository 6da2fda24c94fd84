import { describe, expect, it } from '@jest/globals'
import { publicTlsFilesOf } from './config.ts'

const filesOf = (files: { PUBLIC_TLS_CERT_FILE?: string; PUBLIC_TLS_KEY_FILE?: string }) =>
  publicTlsFilesOf({ PUBLIC_TLS_CERT_FILE: undefined, PUBLIC_TLS_KEY_FILE: undefined, ...files })

describe('the TLS of the public port', () => {
  it('is off where neither file is named, and on where both are', () => {
    expect(filesOf({})).toBeUndefined()
    expect(filesOf({ PUBLIC_TLS_CERT_FILE: 'a.crt', PUBLIC_TLS_KEY_FILE: 'a.key' })).toEqual({
      certFile: 'a.crt',
      keyFile: 'a.key',
    })
  })

  it.each([
    [{ PUBLIC_TLS_CERT_FILE: 'a.crt' }, /^PUBLIC_TLS_KEY_FILE: is required/],
    [{ PUBLIC_TLS_KEY_FILE: 'a.key' }, /^PUBLIC_TLS_CERT_FILE: is required/],
  ])('is refused where one is missing, instead of falling back to plain HTTP: %j', (files, message) => {
    expect(() => filesOf(files)).toThrow(message)
  })
})
