import {flag, serveStandIn} from './stand-in.ts'

/**
 * `aws elbv2 describe-rules|modify-rule`, after https://docs.aws.amazon.com/cli/latest/reference/elbv2/describe-rules.html and
 * modify-rule.html. Not AWS. Where its words are from:
 * - the sentence around an error: `ClientError` of github.com/boto/botocore (botocore/exceptions.py)
 * - `TargetGroupNotFound` and its message: output of `describe-target-groups`, as users quoted it
 *   (aws-samples/service-screener-v2 issue 212); of `modify-rule` it was searched for and not found
 * - exit code 254, the service returned an error: https://docs.aws.amazon.com/cli/latest/topic/return-codes.html
 * - newer versions of the CLI begin a line with `aws: [ERROR]: `: in no document that we found, in several outputs of users
 * - searched for and not found: the messages of `RuleNotFound` and `ValidationError` (an emulator has other words for the former: getmoto/moto
 *   pull request 4921)
 */
interface Share {
  TargetGroupArn: string
  Weight: number
}
const GROUP = 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup'
const forward = (groups: readonly Share[]) => [
  {
    Type: 'forward',
    Order: 1,
    ForwardConfig: {TargetGroups: groups, TargetGroupStickinessConfig: {Enabled: false}},
  },
]

const failed = (error: string, operation: string, words: string) => ({
  stderr: `\nAn error occurred (${error}) when calling the ${operation} operation: ${words}\n`,
  code: 254,
})

serveStandIn(
  {
    groups: [
      {TargetGroupArn: `${GROUP}/web-blue/73e2d6bc24d8a067`, Weight: 100},
      {TargetGroupArn: `${GROUP}/web-green/09966783158cda59`, Weight: 0},
    ] as Share[],
  },
  (args, world) => {
    const [, verb] = args
    const rule = flag(args, verb === 'describe-rules' ? '--rule-arns' : '--rule-arn')
    const operation = verb === 'describe-rules' ? 'DescribeRules' : 'ModifyRule'
    if (!rule.includes(':listener-rule/')) return failed('RuleNotFound', operation, 'One or more rules not found')
    if (verb === 'modify-rule') {
      const [action] = JSON.parse(flag(args, '--actions')) as ReturnType<typeof forward>
      const groups = action?.ForwardConfig.TargetGroups ?? []
      const unknown = groups.find(
        ({TargetGroupArn}) => !world.groups.some(own => own.TargetGroupArn === TargetGroupArn),
      )
      if (unknown !== undefined)
        return failed(
          'TargetGroupNotFound',
          operation,
          `One or more target groups not found: ${unknown.TargetGroupArn}`,
        )
      if (groups.some(({Weight}) => !Number.isInteger(Weight) || Weight < 0 || Weight > 999))
        return failed('ValidationError', operation, 'Weights must be integers between 0 and 999')
      world.groups = [...groups]
    }
    return {
      stdout: `${JSON.stringify({Rules: [{RuleArn: rule, Priority: '10', Conditions: [], Actions: forward(world.groups), IsDefault: false}]})}\n`,
    }
  },
)
