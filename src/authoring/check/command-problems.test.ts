import {expect, test} from 'vitest'
import {forgottenCommands} from './forgotten-commands.ts'
import {commandProblems, commandTemplates} from './command-problems.ts'
import {scanSource} from './scan-source.ts'

function problems(source: string): readonly string[] {
  return commandTemplates(scanSource(source).tokens)
    .flatMap(commandProblems)
    .map(({code, value, command}) => `${code} ${value} ${command}`)
}

test.each([
  // Quotes around a value.
  ['$`echo "${x}"`', ['quoted-value x echo']],
  ["$`psql -c 'select ${x}'`", ['quoted-value x psql']],
  ['$`echo "a" ${x} "b"`', []],
  ['$`echo "it\'s" "${x}"`', ['quoted-value x echo']],
  ['$`echo \\\\"a ${x}`', []],
  ['$`echo "$(cat -- ${x})"`', []],
  ['$`echo "$(cat \'${x}\')"`', ['quoted-value x cat']],
  ['$`echo "$(date)" "${x}"`', ['quoted-value x ?']],
  // Here-documents: quotes become part of the text.
  ['$`cat <<EOF\n"${x}"\nEOF`', ['here-document x cat']],
  ["$`cat <<-'EOF' > ${file}\n${x}\n  EOF\nrm ${y}`", ['here-document x cat', 'leading-dash y rm']],
  ['$`cat <<< ${x}`', []],
  ['$`cat <<EOF\nplain\nEOF\nrm -- ${y}`', []],
  // What a second shell reads again.
  ['$`bash -c ${x}`', ['read-again x bash']],
  ['$`sudo -u app sh -euc ${`ls ${x}`}`', ['read-again `ls ${x}` sh']],
  ['$`bash -c \'ls -- "$1"\' bash ${x}`', []],
  ["$`bash -c ${'uptime; uptime'}`", []],
  ['$`eval ${x}`', ['read-again x eval']],
  ['$`su - postgres -c ${x}`', ['read-again x su']],
  ['$`ssh -p 22 ${host} systemctl restart -- ${x}`', ['leading-dash host ssh', 'read-again x ssh']],
  ['$`ssh -- ${host} uptime`', []],
  // Values that may be options.
  ['$`rm ${file}`', ['leading-dash file rm']],
  ['$`rm -- ${file}`', []],
  ['$`rm -rf ${file}`', []],
  ['$`systemctl restart ${unit}`', ['leading-dash unit systemctl']],
  ['$`systemctl restart app@${unit}`', []],
  ['$`cp -- ${a} ${b}`', []],
  ['$`cp -t ${a} ${b}`', ['leading-dash b cp']],
  ['$`curl --data=${a} --url ${b}`', []],
  ['$`tar -C ${dir} -xf ${file}`', []],
  ['$`sudo -u postgres psql ${x}`', ['leading-dash x psql']],
  ['$`sudo rm ${x}`', ['leading-dash x rm']],
  ['$`LANG=C sort ${x}`', ['leading-dash x sort']],
  ['$`echo ${x}; cat ${y}`', ['leading-dash y cat']],
  ['$`grep a | cat ${y}`', ['leading-dash y cat']],
  ['$`${program} --version`', []],
  ["$`printf '%s' ${x}`", []],
  ['$`printf ${x}`', ['leading-dash x printf']],
  ['$`cat < ${x} > ${y}`', []],
  ['$`sleep ${seconds}`', []],
  ['$`test -f ${x} && rm ${x}`', ['leading-dash x rm']],
  // Values that cannot begin with a dash.
  ['$`kill ${pid}; seq ${3}`', []],
  ["$`cat ${'/etc/hosts'} ${`./${x}`}`", []],
  ["$`cat ${'-n'} ${`${x}/a`}`", ["leading-dash '-n' cat", 'leading-dash `${x}/a` cat']],
  // What is a command at all.
  ['const reads = $({reads: true}); reads`cat ${x}`', ['leading-dash x cat']],
  ['$({nothrow: true, env: {A: f()}})`cat ${x}`', ['leading-dash x cat']],
  ['context.$`cat ${x}`', ['leading-dash x cat']],
  ['const sh = context.$; sh`cat ${x}`', ['leading-dash x cat']],
  ['async ({$: sh}) => { await sh`cat ${x}` }', ['leading-dash x cat']],
  ['title: `cat "${x}"`', []],
  ['sql`select "${x}"`', []],
  ['// $`rm "${x}"`\n"$`rm ${x}`"', []],
  ['log(`ran ${await $`cat ${x}`}`)', ['leading-dash x cat']],
])('%j', (source, wanted) => {
  expect(problems(source)).toEqual(wanted)
})

test.each([
  ['run: async ({$}) => { $`a`; await $`b` }', ['$`a`']],
  ['run: async ({$}) => {\n  const x = 1\n  $({cwd: f(x)})`a`\n}', ['$({cwd: f(x)})`a`']],
  ['run: async context => {\n  if (x)\n    context.$`a`\n  context.$`b`.quiet()\n}', ['context.$`a`', 'context.$`b`']],
  ['run: async ({$}) => void $`a`', ['$`a`']],
  ['run: ({$}) => $`a`', []],
  ['run: async ({$}) => void (await $`a`)', []],
  ['await Promise.all([\n  $`a`,\n  $`b`,\n])', []],
  ['const a =\n  $`a`', []],
  ['return $`a`', []],
  ['const both = names.map(name =>\n  $`a ${name}`)', []],
  ['const a = ok ?\n  $`a` :\n  $`b`', []],
])('a command that nobody waits for is found: %j', (source, wanted) => {
  const found = forgottenCommands(scanSource(source).tokens, source)
  expect(found.map(offset => source.slice(offset, source.indexOf('`', source.indexOf('`', offset) + 1) + 1))).toEqual(
    wanted,
  )
})
