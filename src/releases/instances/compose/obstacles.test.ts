import {expect, test} from 'vitest'
import {composeObstacles} from './obstacles.ts'

const answer = (exitCode: number, stdout = '', stderr = '') => ({exitCode, stdout, stderr, durationMs: 0})
type Answers = Readonly<Record<string, ReturnType<typeof answer> | undefined>>
const GOOD: Answers = {'config --services': answer(0, 'blue1\ngreen1\n'), 'ps --quiet': answer(0)}
const whats = async (answers: Answers, services = ['blue1', 'green1']) =>
  (
    await composeObstacles(
      services,
      {file: 'compose.yaml', engine: ['docker', 'compose']},
      async (...words) => answers[words.join(' ')],
    )
  ).map(({what}) => what)

test('nothing speaks against services of a file that compose reads, with an engine that answers', async () => {
  expect(await whats(GOOD)).toEqual([])
})

test.each<[string, Answers, readonly string[]]>([
  [
    'no plugin',
    {
      'config --services': answer(
        1,
        '',
        "docker: unknown command: docker compose\n\nRun 'docker --help' for more information",
      ),
      config: answer(1, '', "docker: unknown command: docker compose\n\nRun 'docker --help' for more information"),
    },
    ['docker compose cannot read compose.yaml: docker: unknown command: docker compose'],
  ],
  [
    'no file',
    {config: answer(14, '', 'time="…" level=warning msg="old"\nopen /srv/compose.yaml: no such file or directory')},
    ['docker compose cannot read compose.yaml: open /srv/compose.yaml: no such file or directory'],
  ],
  [
    'a service that is not in it, and no engine',
    {
      'config --services': answer(0, 'blue1\nweb\n'),
      'ps --quiet': answer(
        1,
        '',
        'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      ),
    },
    [
      'compose.yaml has no service green1; it has blue1, web',
      'the engine of docker compose does not answer: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    ],
  ],
  ['one that does not know --services', {...GOOD, 'config --services': answer(2), config: answer(0)}, []],
  ['one that hangs', {}, ['docker compose cannot read compose.yaml: it did not end']],
])('said before a run: %s', async (_what, answers, expected) => {
  expect(await whats(answers)).toEqual(expected)
})
