import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import {
  base64Setting,
  booleanSetting,
  choiceSetting,
  cidrsSetting,
  corsOriginsSetting,
  describeSettings,
  grpcTargetSetting,
  integerSetting,
  loadSettings,
  portSetting,
  postgresSettings,
  processSettings,
  SettingsError,
  type SettingsShape,
  secondsSetting,
  secret,
  urlSetting,
} from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'latchkey-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))
const fileWith = (text: string): string => {
  const path = join(folder, `${Math.random()}`)
  writeFileSync(path, text)
  return path
}

const problemsOf = (shape: SettingsShape, env: Record<string, string>) => {
  try {
    loadSettings(shape, env)
  } catch (error) {
    if (error instanceof SettingsError) return error.problems
    throw error
  }
  return []
}

const shape = {
  ACCESS_TOKEN_TTL_SECONDS: secondsSetting(900).describe('How long access tokens live, in seconds'),
  DATABASE_URL: secret(urlSetting(['postgresql'])).describe('URL of the database'),
  SMTP_PASSWORD: secret(z.string().min(8, 'must have 8 characters or more'))
    .optional()
    .describe('Of the mail server'),
  CORS_ORIGINS: corsOriginsSetting().describe('Origins that may call'),
}

describe('loading settings', () => {
  it('gives typed values, with defaults where a variable is unset or empty', () => {
    const settings = loadSettings(shape, {
      DATABASE_URL: 'postgresql://db/latchkey',
      ACCESS_TOKEN_TTL_SECONDS: '',
    })
    expect(settings).toEqual({
      ACCESS_TOKEN_TTL_SECONDS: 900,
      DATABASE_URL: 'postgresql://db/latchkey',
      SMTP_PASSWORD: undefined,
      CORS_ORIGINS: [],
    })
  })

  it('freezes them, lists included', () => {
    const settings = loadSettings(shape, {
      DATABASE_URL: 'postgresql://db/x',
      CORS_ORIGINS: 'https://a.example',
    })
    expect(Object.isFrozen(settings)).toBe(true)
    expect(Object.isFrozen(settings.CORS_ORIGINS)).toBe(true)
  })

  it('reports every problem at once, with what would be right and without any value', () => {
    const problems = problemsOf(shape, {
      ACCESS_TOKEN_TTL_SECONDS: 'fifteen-hunter2',
      SMTP_PASSWORD: 'hunter2',
      CORS_ORIGINS: 'https://hunter2.example/path',
    })
    expect(problems).toEqual([
      {
        name: 'ACCESS_TOKEN_TTL_SECONDS',
        message: 'must be a whole number of at least 0 (How long access tokens live, in seconds)',
      },
      { name: 'DATABASE_URL', message: 'is required and not set (URL of the database)' },
      { name: 'SMTP_PASSWORD', message: 'must have 8 characters or more (Of the mail server)' },
      { name: 'CORS_ORIGINS', message: expect.stringContaining('https://app.example.com') },
    ])
    expect(JSON.stringify(problems)).not.toContain('hunter2')
  })
})

describe('secrets from files', () => {
  it('are read from the file that NAME_FILE names, without the line end', () => {
    const settings = loadSettings(shape, {
      DATABASE_URL_FILE: fileWith('postgresql://role:pass@db/latchkey\n'),
      SMTP_PASSWORD_FILE: fileWith('eight characters '),
    })
    expect(settings.DATABASE_URL).toBe('postgresql://role:pass@db/latchkey')
    expect(settings.SMTP_PASSWORD).toBe('eight characters ')
  })

  it('are refused when the variable is set too', () => {
    const env = { DATABASE_URL: 'postgresql://db/a', DATABASE_URL_FILE: fileWith('postgresql://db/b') }
    expect(problemsOf(shape, env)).toEqual([
      { name: 'DATABASE_URL', message: 'is set twice; set either DATABASE_URL or DATABASE_URL_FILE' },
    ])
  })

  it('are reported when the file can not be read or is empty', () => {
    expect(problemsOf(shape, { DATABASE_URL_FILE: join(folder, 'absent') })).toEqual([
      { name: 'DATABASE_URL', message: "the file that DATABASE_URL_FILE names can't be read (ENOENT)" },
    ])
    expect(problemsOf(shape, { DATABASE_URL_FILE: fileWith('\n') })).toMatchObject([{ name: 'DATABASE_URL' }])
  })

  it('are not looked for where a setting is no secret', () => {
    const env = { DATABASE_URL: 'postgresql://db/a', ACCESS_TOKEN_TTL_SECONDS_FILE: fileWith('60') }
    expect(loadSettings(shape, env).ACCESS_TOKEN_TTL_SECONDS).toBe(900)
  })
})

const accepts = <Value>(schema: z.ZodType<Value>, text: string) => schema.safeParse(text).success

describe('kinds of settings', () => {
  it.each([
    ['true', true],
    ['YES', true],
    ['1', true],
    ['off', false],
    ['False', false],
    ['0', false],
  ])('read the boolean %s', (text, value) => {
    expect(booleanSetting(!value).parse(text)).toBe(value)
  })

  it.each([
    ['a boolean', booleanSetting(true), 'maybe'],
    ['an integer', integerSetting(5), '1.5'],
    ['an integer', integerSetting(5), '0x10'],
    ['an integer', integerSetting(5, { max: 10 }), '11'],
    ['a port', portSetting(80), '65536'],
    ['a port', portSetting(80), '-1'],
    ['a choice', choiceSetting(['strict', 'open'], 'open'), 'lax'],
    ['a URL', urlSetting(), 'auth.example.com'],
    ['a URL', urlSetting(), 'javascript:alert(1)'],
    ['an origin', corsOriginsSetting(), 'a.example'],
    ['an origin', corsOriginsSetting(), 'https://a.example/'],
    ['an origin', corsOriginsSetting(), 'HTTPS://A.example'],
    ['an origin', corsOriginsSetting(), 'https://*.a.example'],
    ['a gRPC target', grpcTargetSetting('session'), 'dns:///session:9443 '],
    ['a gRPC target', grpcTargetSetting('session'), 'http://user@session'],
    ['a range', cidrsSetting(), '10.0.0.0/33'],
    ['a range', cidrsSetting(), '10.0.0'],
    ['a key', base64Setting(32), Buffer.alloc(31).toString('base64')],
    ['a key', base64Setting(32), 'not base64 at all, whatever its length'],
  ])('refuse what is not %s: %#', (_kind, schema: z.ZodType, text) => {
    expect(accepts(schema, text)).toBe(false)
  })

  it('give the values that they name', () => {
    expect(portSetting(80).parse('0')).toBe(0)
    expect(choiceSetting(['DEBUG', 'INFO'], 'INFO').parse('debug')).toBe('DEBUG')
    expect(choiceSetting(['DEBUG', 'INFO'], 'INFO').parse(undefined)).toBe('INFO')
    expect(urlSetting().parse('https://auth.example.com/')).toBe('https://auth.example.com')
    expect(corsOriginsSetting().parse('https://a.example, http://localhost:3000')).toEqual([
      'https://a.example',
      'http://localhost:3000',
    ])
    expect(corsOriginsSetting().parse('*')).toEqual(['*'])
    expect(grpcTargetSetting('session').parse('ipv4:10.0.0.1:9443,10.0.0.2:9443')).toMatch(/^ipv4:/)
    expect(cidrsSetting().parse('10.0.0.0/8,::1')).toEqual(['10.0.0.0/8', '::1'])
    expect(base64Setting(32).parse(Buffer.alloc(32, 255).toString('base64url'))).toEqual(
      Buffer.alloc(32, 255),
    )
  })
})

describe('the description of settings', () => {
  it('has a row for each, with its default and whether it is required or secret', () => {
    expect(describeSettings(shape)).toEqual([
      {
        name: 'ACCESS_TOKEN_TTL_SECONDS',
        description: 'How long access tokens live, in seconds',
        required: false,
        default: '900',
        secret: false,
      },
      {
        name: 'DATABASE_URL',
        description: 'URL of the database',
        required: true,
        default: undefined,
        secret: true,
      },
      {
        name: 'SMTP_PASSWORD',
        description: 'Of the mail server',
        required: false,
        default: undefined,
        secret: true,
      },
      {
        name: 'CORS_ORIGINS',
        description: 'Origins that may call',
        required: false,
        default: '',
        secret: false,
      },
    ])
  })

  it('is there for every shared setting', () => {
    const rows = describeSettings({ ...processSettings, ...postgresSettings })
    expect(rows.filter(row => row.description === '')).toEqual([])
    expect(rows.find(row => row.name === 'LOG_LEVEL')).toMatchObject({ default: 'INFO' })
  })
})
