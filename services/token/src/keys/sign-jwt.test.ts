import { describe, expect, it } from '@jest/globals'
import { importJWK, jwtVerify } from 'jose'
import { signJwt } from './sign-jwt.ts'
import { signingAlgorithms } from './signing-algorithm.ts'
import { createKeyMaterial } from './signing-key.ts'

describe('RFC 7515 §5.1: compact serialization', () => {
  it.each(signingAlgorithms)('of %s is what jose verifies', async algorithm => {
    const key = await createKeyMaterial(algorithm)
    const jwt = await signJwt(key, 'at+jwt', { sub: 'Ünïcode', absent: undefined, list: [1, 2] })
    const { payload, protectedHeader } = await jwtVerify(jwt, await importJWK(key.publicJwk, algorithm))
    expect(protectedHeader).toEqual({ alg: algorithm, typ: 'at+jwt', kid: key.kid })
    expect(payload).toEqual({ sub: 'Ünïcode', list: [1, 2] })
  })

  it.each(signingAlgorithms)('of %s does not verify with another key', async algorithm => {
    const [key, other] = [await createKeyMaterial(algorithm), await createKeyMaterial(algorithm)]
    const jwt = await signJwt(key, 'JWT', {})
    await expect(jwtVerify(jwt, await importJWK(other.publicJwk, algorithm))).rejects.toMatchObject({
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    })
  })
})
