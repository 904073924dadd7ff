import {expect, test} from 'vitest'
import {clusterStateIn} from './cluster-state.ts'

test.each([
  ['cluster_state:ok\r\ncluster_slots_assigned:16384\r\ncluster_slots_ok:16384\r\n', 'ok'],
  ['cluster_state:ok\r\ncluster_slots_ok:16000\r\n', {fault: '384 of 16384 slots are not served'}],
  ['cluster_state:fail\r\ncluster_slots_ok:0\r\n', {fault: 'the cluster is down: 16384 of 16384 slots are not served'}],
  ['cluster_state:fail\r\ncluster_slots_ok:16384\r\n', {fault: 'the cluster is down'}],
  ['', {fault: 'the cluster does not say how it is'}],
])('CLUSTER INFO %j is %j', (text, state) => expect(clusterStateIn(text)).toEqual(state))
