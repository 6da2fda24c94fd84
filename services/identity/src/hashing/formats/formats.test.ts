import { describe, expect, it } from '@jest/globals'
import { readForeignHash } from './foreign.ts'
import { readStoredHash } from './index.ts'

const keycloak = (algorithm: string, iterations: number, value: string, salt: string, more: object = {}) =>
  JSON.stringify({
    type: 'password',
    secretData: JSON.stringify({ value, salt, additionalParameters: {} }),
    credentialData: JSON.stringify({ hashIterations: iterations, algorithm, additionalParameters: more }),
  })

const argon2Reference =
  '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'

/** Made by other programs than ours: what they hashed, and where the vector is published. */
const vectors: readonly [source: string, password: string, hash: string][] = [
  ['Openwall crypt_blowfish', 'U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['the same as PHP writes it', 'U*U', '$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['Openwall crypt_blowfish', '', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy'],
  ['Ory Kratos', 'test', '$2a$12$o6hx.Wog/wvFSkT/Bp/6DOxCtLRTDj7lm9on9suF/WaCGNVHbkfL6'],
  ['Argon2 reference', 'password', argon2Reference],
  [
    'Argon2 reference, version 16',
    'password',
    '$argon2i$m=65536,t=2,p=1$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ',
  ],
  ['Ory Kratos', 'test', '$argon2id$v=19$m=32,t=2,p=4$cm94YnRVOW5jZzFzcVE4bQ$MNzk5BtR2vUhrp6qQEjRNw'],
  [
    'Ory Kratos',
    'test',
    '$argon2i$v=19$m=65536,t=3,p=4$kk51rW/vxIVCYn+EG4kTSg$NyT88uraJ6im6dyha/M5jhXvpqlEdlS/9fEm7ScMb8c',
  ],
  [
    'passlib',
    'password',
    '$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E',
  ],
  [
    'Ory Kratos, which writes N',
    'test',
    '$scrypt$ln=16384,r=8,p=1$2npRo7P03Mt8keSoMbyD/tKFWyUzjiQf2svUaNDSrhA=$MiCzNcIplSMqSBrm4HckjYqYhaVPPjTARTzwB1cVNYE=',
  ],
  [
    'libsodium, from the yescrypt tests',
    'pleaseletmein',
    '$7$C6..../....SodiumChloride$kBGj9fHznVYFQMEn/qDCfrDevf9YDtcDdKvEqHJLV8D',
  ],
  [
    'Ory Kratos',
    'test',
    '$pbkdf2-sha256$i=100000,l=32$1jP+5Zxpxgtee/iPxGgOz0RfE9/KJuDElP1ley4VxXc$QJxzfvdbHYBpydCbHoFg3GJEqMFULwskiuqiJctoYpI',
  ],
  [
    'Ory Kratos',
    'test',
    '$pbkdf2-sha512$i=100000,l=32$bdHBpn7OWOivJMVJypy2UqR0UnaD5prQXRZevj/05YU$+wArTfv1a+bNGO1iZrmEdVjhA+lL11wF4/IxpgYfPwc',
  ],
  [
    'passlib',
    'password',
    '$pbkdf2-sha512$1212$RHY0Fr3IDMSVO/RSZyb5ow$eNLfBK.eVozomMr.1gYa17k9B7KIK25NOEshvhrSX.esqY3s.FvWZViXz4KoLlQI.BzY/YTNJOiKc5gBYFYGww',
  ],
  [
    'passlib',
    'toomanysecrets',
    '$pbkdf2-sha256$29000$N2YMIWQsBWBMae09x1jrPQ$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk',
  ],
  [
    'ASP.NET Core Identity 2',
    'my password',
    'AAABAgMEBQYHCAkKCwwNDg+ukCEMDf0yyQ29NYubggHIVY0sdEUfdyeM+E1LtH1uJg==',
  ],
  [
    'ASP.NET Core Identity 3',
    'my password',
    'AQAAAAEAACcQAAAAEAABAgMEBQYHCAkKCwwNDg+yWU7rLgUwPZb1Itsmra7cbxw2EFpwpVFIEtP+JIuUEw==',
  ],
  [
    'Firebase, from its own repository',
    'user1password',
    '$firescrypt$ln=14,r=8,p=1$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
  ],
  [
    'Ory Kratos',
    '8x4WjoDbSxJZdR',
    '$firescrypt$ln=14,r=8,p=1$sPtDhWcd1MfdAw==$xbSou7FOl6mChCyzpCPIQ7tku7nsQMTFtyOZSXXd7tjBa4NtimOx7v42Gv2SfzPQu1oxM2/k4SsbOu73wlKe1A==$Bw==$YE0dO4bwD4JnJafh6lZZfkp1MtKzuKAXQcDCJNJNyeCHairWHKENOkbh3dzwaCdizzOspwr/FITUVlnOAwPKyw==',
  ],
  // RFC 7914 §11 and RFC 6070 §2, in the words of other systems.
  [
    'RFC 7914 §11, as Flask writes it',
    'pleaseletmein',
    'scrypt:16384:8:1$SodiumChloride$7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
  ],
  [
    'RFC 7914 §11, as Django writes it',
    'pleaseletmein',
    'scrypt$16384$SodiumChloride$8$1$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw==',
  ],
  [
    'RFC 6070 §2, as Flask writes it',
    'password',
    'pbkdf2:sha1:4096$salt$4b007901b765489abead49d926f721d065a429c1',
  ],
  ['RFC 6070 §2, as Django writes it', 'password', 'pbkdf2_sha1$4096$salt$SwB5AbdlSJq+rUnZJvch0GWkKcE='],
  [
    'RFC 6070 §2, as Keycloak writes it',
    'password',
    keycloak('pbkdf2', 4_096, 'SwB5AbdlSJq+rUnZJvch0GWkKcE=', 'c2FsdA=='),
  ],
  [
    'the Argon2 reference, as Keycloak writes it',
    'password',
    keycloak('argon2', 2, 'CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc=', 'c29tZXNhbHQ=', {
      hashLength: ['32'],
      memory: ['65536'],
      type: ['id'],
      version: ['1.3'],
      parallelism: ['1'],
    }),
  ],
  ['the Argon2 reference, as Django writes it', 'password', `argon2${argon2Reference}`],
]

describe('hashes of other systems', () => {
  it.each(vectors)(
    'verify, by their own vectors and in the spelling that is kept: %s',
    async (_source, password, text) => {
      const hash = readForeignHash(text)
      expect(hash?.isAffordable).toBe(true)
      expect(await hash?.matches(password)).toBe(true)
      expect(await hash?.matches(`${password}x`)).toBe(false)
      const kept = readStoredHash(hash?.text ?? '')
      expect(kept?.text).toBe(hash?.text)
      expect(await kept?.matches(password)).toBe(true)
    },
  )

  it.each([
    ['nothing', ''],
    ['a password', 'Quiet-Harbour-42!'],
    ['MD5', '5f4dcc3b5aa765d61d8327deb882cf99'],
    ['a hash of the broken bcrypt', '$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    ['bcrypt that was cut off', '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhW'],
    ['a digest that a guess in 65,536 matches', 'pbkdf2:sha256:1000$salt$abcd'],
    ['base64 that was cut off', 'pbkdf2_sha256$1000$salt$SwB5AbdlSJq+rUnZJvch0GWkKc'],
    ['scrypt of no N', 'scrypt:12345:8:1$salt$4b007901b765489abead49d926f721d065a429c1'],
    ['JSON of somebody else', '{"secretData": "x"}'],
    ['more than any hash has', `$pbkdf2-sha256$1000$${'A'.repeat(4_000)}$AAAA`],
  ])('are not taken for one where nothing would verify: %s', (_what, text) => {
    expect(readForeignHash(text)).toBeUndefined()
  })

  it.each([
    ['bcrypt', '$2b$15$GRvRO2nrpYTEuPQX6AieaOlZ4.7nMGsXpt.QWMev1zrP86JNspZbO'],
    [
      'Argon2, by memory',
      '$argon2id$v=19$m=262144,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    ],
    [
      'Argon2, by passes',
      '$argon2id$v=19$m=65536,t=1000,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    ],
    [
      'scrypt, by memory',
      '$scrypt$ln=24,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E',
    ],
    [
      'scrypt, by lanes',
      '$scrypt$ln=14,r=8,p=9999$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E',
    ],
    ['PBKDF2', 'pbkdf2:sha256:99999999$salt$4b007901b765489abead49d926f721d065a429c1'],
  ])('are known, and too dear, where a guess would hold a thread: %s', (_what, text) => {
    expect(readForeignHash(text)?.isAffordable).toBe(false)
  })
})

describe('bcrypt', () => {
  // Openwall's vector for what lies beyond the 72nd byte.
  const long = readStoredHash('$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui')
  const first72 = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

  it('reads 72 bytes, as it always did, and all of a password with fewer', async () => {
    expect(await long?.matches(first72)).toBe(true)
    expect(await long?.matches(`${first72}chars after 72 are ignored`)).toBe(true)
    expect(await long?.matches(first72.slice(0, 71))).toBe(false)
  })

  it('matches no password with a NUL, behind which its key would begin anew', async () => {
    const hash = readStoredHash('$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW')
    expect(await hash?.matches('U*U')).toBe(true)
    expect(await hash?.matches('U*U\u0000U*U')).toBe(false)
    expect(await hash?.matches('U*U\u0000x')).toBe(false)
  })
})
