/**
 * Scripts of our pages, from our own origin, at an address that has the hash of what is in it: a browser keeps it for good,
 * and a page always runs the script that it was made with.
 */
import { readFile } from 'node:fs/promises'
import { sha256Base64Url } from '@latchkey/runtime/crypto'
import { pathParameter, type Route } from '@latchkey/runtime/http'
import { notFound } from '@latchkey/runtime/problem'

export interface Script {
  readonly path: `/${string}`
  readonly text: string
  readonly hash: string
}

/** `/assets/passkeys.<hash>.js` */
export const readScript = async (name: string): Promise<Script> => {
  const text = await readFile(new URL(`pages/scripts/${name}.js`, import.meta.url), 'utf8')
  const hash = sha256Base64Url(text).slice(0, 16)
  return { path: `/assets/${name}.${hash}.js`, text, hash }
}

const yearSeconds = 31_536_000

export const createScriptRoutes = (scripts: readonly Script[]): readonly Route[] => [
  {
    method: 'GET',
    path: '/assets/:file',
    handler: (req, res) => {
      const asked = `/assets/${pathParameter(req, 'file')}`
      const isNamed = (path: string) => path.split('.').at(0) === asked.split('.').at(0)
      const script = scripts.find(({ path }) => isNamed(path))
      if (script === undefined || !asked.endsWith('.js')) throw notFound('There is no such script')
      // A replica of another release answers with what it has, which nobody may keep under this address.
      const lifetime = asked === script.path ? `public, max-age=${yearSeconds}, immutable` : 'no-cache'
      const etag = `"${script.hash}"`
      res.set({ 'Cache-Control': lifetime, ETag: etag, 'Content-Type': 'text/javascript; charset=utf-8' })
      // @see RFC 9110 §13.1.2
      if (req.get('if-none-match')?.includes(etag) === true) return void res.status(304).end()
      res.send(script.text)
    },
  },
]
