// `npm run example <name>`: runs one of the examples against the suite that `npm start` runs, or LATCHKEY_ISSUER.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = import.meta.dirname
const names = readdirSync(folder).filter(name => existsSync(join(folder, name, 'package.json')))
const stackFile = join(process.env.LATCHKEY_DATA_DIR ?? join(folder, '../.latchkey'), 'stack.json')

const [name = ''] = process.argv.slice(2)
if (!names.includes(name)) {
  console.error(`npm run example <name>, where <name> is one of: ${names.join(', ')}`)
  process.exit(2)
}
if (process.env.LATCHKEY_ISSUER === undefined && !existsSync(stackFile)) {
  console.error('Latchkey does not run here: `npm start` in another terminal, or set LATCHKEY_ISSUER.')
  process.exit(1)
}
const issuer: string = process.env.LATCHKEY_ISSUER ?? JSON.parse(readFileSync(stackFile, 'utf8')).issuer
const answers = await fetch(`${issuer}/.well-known/openid-configuration`).then(
  ({ ok }) => ok,
  () => false,
)
if (!answers) {
  console.error(`No Latchkey answers at ${issuer}: does \`npm start\` run, and is LATCHKEY_ISSUER right?`)
  process.exit(1)
}
process.env.LATCHKEY_ISSUER = issuer

// What whoever runs it can mend, in one sentence; anything else is a fault of the example.
process.on('uncaughtException', error => {
  const { code, port, error_description: refusal } = Object(error)
  if (code === 'EADDRINUSE')
    console.error(`Port ${port} is taken: PORT=${port + 1000} npm run example ${name}`)
  else console.error(refusal === undefined ? error : `Latchkey said no: ${refusal}`)
  process.exit(1)
})
await import(`./${name}/src/main.ts`)
