/** A browser without JavaScript: it keeps cookies, and sends the forms of the pages that it is shown. */
import { formActionOf, formOf, hiddenFieldsOf } from '@latchkey/testkit'
import type { Answer, IdentityUnderTest } from './identity-under-test.ts'

export const createVisitor = (
  identity: IdentityUnderTest,
  headers: Readonly<Record<string, string>> = {},
) => {
  const cookies = new Map<string, string>()

  const send = async (
    method: string,
    path: string,
    fields?: Readonly<Record<string, string>>,
  ): Promise<Answer> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await identity.call(method, path, {
      headers: {
        ...(cookie === '' ? {} : { cookie }),
        ...(fields === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      ...(fields === undefined ? {} : { raw: new URLSearchParams(fields).toString() }),
    })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    return answer
  }

  const open = (path: string): Promise<Answer> => send('GET', path)

  /** Fills in and sends the form of a page that posts to `action`, or its first one. */
  const submit = (
    page: Answer,
    fields: Readonly<Record<string, string>> = {},
    action?: string,
  ): Promise<Answer> => {
    const form = formOf(page.text, action)
    return send('POST', formActionOf(form) ?? '', { ...hiddenFieldsOf(form), ...fields })
  }

  return { cookies, open, submit, send }
}

export type Visitor = ReturnType<typeof createVisitor>
