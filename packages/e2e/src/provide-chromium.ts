/**
 * Sees to it that tests of pages have a Chromium. Where the machine has none, Debian's is unpacked into the checkout, as
 * Redis is: nothing is installed. Without apt those tests are skipped, and say what they lack.
 */
import { access, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hasApt, libraryPath, unpackDebianPackages } from '@latchkey/launcher/providers'
import { root } from '@latchkey/launcher/stack'
import { findChromium, startBrowser, whyNoBrowser } from './browser.ts'

const target = join(root, '.toolchain/chromium')

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** Fonts of this machine and those that came along; a machine without any has no settings for them either. */
const fontSettings = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<dir>/usr/share/fonts</dir>
<dir>${join(folder, 'usr/share/fonts')}</dir>
<cachedir>${join(folder, 'var/cache/fontconfig')}</cachedir>
<alias binding="same"><family>monospace</family><prefer><family>Liberation Mono</family></prefer></alias>
<match target="pattern"><edit name="family" mode="append_last"><string>Liberation Sans</string></edit></match>
</fontconfig>
`

/** One file to run, whatever libraries and fonts the program needs beside it. Its folder may have been moved. */
const writeProgram = async (folder: string): Promise<string> => {
  const fonts = join(folder, 'etc/latchkey-fonts.conf')
  const program = join(folder, 'latchkey-chromium')
  await mkdir(join(folder, 'etc'), { recursive: true })
  await writeFile(fonts, fontSettings(folder))
  const lines = [
    '#!/bin/sh',
    `export LD_LIBRARY_PATH='${await libraryPath(folder)}' FONTCONFIG_FILE='${fonts}'`,
    `exec '${join(folder, 'usr/lib/chromium/chromium')}' "$@"`,
  ]
  await writeFile(program, `${lines.join('\n')}\n`, { mode: 0o755 })
  return program
}

/** Names the browser in CHROMIUM_PATH, for this process and those that it starts. */
export const provideChromium = async (): Promise<void> => {
  if (findChromium() !== undefined) return
  const path = process.env.PATH ?? ''
  // The test runner shows nothing of standard output.
  const say = (line: string) => void process.stderr.write(`${line}\n`)
  if (!(await exists(target))) {
    if (!(await hasApt(path))) return say(whyNoBrowser)
    say('fetching chromium from the packages of this system …')
    try {
      await unpackDebianPackages({
        packages: ['chromium', 'fonts-liberation'],
        target,
        path,
        tryOut: async folder => {
          const browser = await startBrowser(await writeProgram(folder))
          await browser.close()
        },
      })
    } catch (error) {
      return say(`${whyNoBrowser} (${error instanceof Error ? error.message : String(error)})`)
    }
  }
  process.env.CHROMIUM_PATH = await writeProgram(target)
}
