import { randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { deviceFlowParameters, findUserCode, isDeviceFlow } from './device-flow.ts'

const aHandle = () => randomBytes(32).toString('base64url')

describe('the flow of a user code', () => {
  it('gives the code to who has the handle, and shows it to nobody else', () => {
    const handle = aHandle()
    const parameters = deviceFlowParameters(handle, 'WDJBMJHT')
    expect(JSON.stringify(parameters)).not.toContain('WDJB')
    expect(findUserCode(handle, parameters)).toBe('WDJBMJHT')
    expect(() => findUserCode(aHandle(), parameters)).toThrow()
  })

  it('is never taken for an authorization request, nor the other way round', () => {
    const [handle, redirect_uri] = [aHandle(), 'https://app.example/cb']
    const parameters = deviceFlowParameters(handle, 'WDJBMJHT')
    expect(isDeviceFlow(parameters)).toBe(true)
    expect(isDeviceFlow({ redirect_uri })).toBe(false)
    expect(findUserCode(handle, { ...parameters, redirect_uri })).toBeUndefined()
  })
})
