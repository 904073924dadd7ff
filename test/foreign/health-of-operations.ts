import {type ForeignDocument, json, text} from './foreign-document.ts'

/** Proxies, schedulers, queues and the tools of operations, of which a part is not well behind a 200. */
export const OF_OPERATIONS: readonly ForeignDocument[] = [
  json(
    'Traefik',
    'overview with an error',
    {
      http: {routers: {total: 5, warnings: 0, errors: 1}, services: {total: 4, warnings: 0, errors: 0}},
      features: {tracing: ''},
      providers: ['Docker'],
    },
    'degraded',
    {path: '/api/overview', failing: {'http/routers': 'degraded'}, says: 'errors 1', sole: true},
  ),
  json(
    'Traefik',
    'overview with a warning',
    {http: {routers: {total: 5, warnings: 2, errors: 0}}, features: {}, providers: []},
    'degraded',
    {path: '/api/overview', says: 'warnings 2', sole: true},
  ),
  json(
    'Traefik',
    'overview well',
    {http: {routers: {total: 5, warnings: 0, errors: 0}}, features: {}, providers: []},
    'up',
    {path: '/api/overview'},
  ),
  json(
    'Envoy',
    'clusters',
    {
      cluster_statuses: [
        {
          name: 'shop',
          host_statuses: [{address: {}, hostname: 'a', health_status: {failed_active_health_check: true}}],
        },
      ],
    },
    'degraded',
    {path: '/clusters', says: 'failed_active_health_check is true', sole: true},
  ),
  json(
    'Envoy',
    'clusters, by discovery',
    {cluster_statuses: [{name: 'shop', host_statuses: [{health_status: {eds_health_status: 'UNHEALTHY'}}]}]},
    'degraded',
    {path: '/clusters', says: 'UNHEALTHY', sole: true},
  ),
  json(
    'Envoy',
    'clusters well',
    {cluster_statuses: [{name: 'shop', host_statuses: [{health_status: {eds_health_status: 'HEALTHY'}}]}]},
    'up',
    {path: '/clusters'},
  ),
  text(
    'Envoy',
    'clusters as text',
    'shop::10.0.0.1:80::health_flags::healthy\nshop::10.0.0.2:80::health_flags::/failed_active_hc\n',
    'degraded',
    {path: '/clusters', failing: {'shop 10.0.0.2:80': 'down'}, sole: true},
  ),
  json('Envoy', 'server info', {version: 'x', state: 'DRAINING'}, 'degraded', {path: '/server_info'}),
  json(
    'nginx plus',
    'upstreams',
    {shop: {peers: [{id: 0, server: '10.0.0.1:80', backup: false, weight: 1, state: 'unhealthy'}], keepalive: 0}},
    'degraded',
    {path: '/api/9/http/upstreams', failing: {'shop/10.0.0.1:80': 'down'}, sole: true},
  ),
  json('Kong', 'database', {database: {reachable: false}, server: {connections_active: 1}}, 'degraded', {
    path: '/status',
    failing: {database: 'down'},
  }),
  json(
    'Kong',
    'upstream',
    {data: [{target: '10.0.0.1:80', weight: 100, health: 'UNHEALTHY'}], node_id: 'x'},
    'degraded',
    {
      path: '/upstreams/shop/health',
      says: 'UNHEALTHY',
    },
  ),
  json(
    'APISIX',
    'health check',
    [{name: '/upstreams/1', type: 'http', nodes: [{ip: '10.0.0.1', port: 80, status: 'unhealthy'}]}],
    'degraded',
    {path: '/v1/healthcheck', says: 'unhealthy', sole: true},
  ),
  json('Caddy', 'upstreams', [{address: '10.0.0.1:80', num_requests: 0, fails: 3}], 'degraded', {
    path: '/reverse_proxy/upstreams',
    says: 'fails 3',
    sole: true,
  }),
  json(
    'Istio',
    'operator',
    {status: {status: 'RECONCILING', componentStatus: {Pilot: {status: 'ERROR', error: 'timed out'}}}},
    'degraded',
    {says: 'RECONCILING'},
  ),
  json(
    'Kubernetes',
    'node not ready',
    {
      kind: 'Node',
      status: {
        conditions: [
          {type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory'},
          {type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: 'PLEG is not healthy'},
        ],
      },
    },
    'degraded',
    {failing: {Ready: 'down'}, sole: true},
  ),
  json(
    'Kubernetes',
    'node under pressure',
    {
      kind: 'Node',
      status: {
        conditions: [
          {type: 'DiskPressure', status: 'True', reason: 'KubeletHasDiskPressure'},
          {type: 'Ready', status: 'True'},
        ],
      },
    },
    'degraded',
    {failing: {DiskPressure: 'degraded'}, sole: true},
  ),
  json(
    'Kubernetes',
    'node well',
    {
      kind: 'Node',
      status: {
        conditions: [
          {type: 'DiskPressure', status: 'False'},
          {type: 'Ready', status: 'True'},
        ],
      },
    },
    'up',
  ),
  json(
    'Kubernetes',
    'component status',
    {items: [{metadata: {name: 'etcd-0'}, conditions: [{type: 'Healthy', status: 'False', message: 'refused'}]}]},
    'degraded',
    {says: 'refused', sole: true},
  ),
  json(
    'Kubernetes',
    'deployment',
    {
      kind: 'Deployment',
      spec: {replicas: 3},
      status: {
        replicas: 3,
        readyReplicas: 1,
        unavailableReplicas: 2,
        conditions: [{type: 'Progressing', status: 'True'}],
      },
    },
    'degraded',
    {says: 'unavailableReplicas 2', sole: true},
  ),
  json(
    'Kubernetes',
    'crash loop',
    {
      kind: 'Pod',
      status: {
        phase: 'Running',
        containerStatuses: [{name: 'app', ready: false, state: {waiting: {reason: 'CrashLoopBackOff'}}}],
      },
    },
    'degraded',
    {says: 'CrashLoopBackOff'},
  ),
  json('Argo CD', 'out of sync', {status: {health: {status: 'Healthy'}, sync: {status: 'OutOfSync'}}}, 'degraded', {
    says: 'OutOfSync',
    sole: true,
  }),
  json('Argo CD', 'missing', {status: {health: {status: 'Missing'}, sync: {status: 'Synced'}}}, 'down'),
  json('Argo CD', 'progressing', {status: {health: {status: 'Progressing'}, sync: {status: 'Synced'}}}, 'degraded'),
  json('Argo CD', 'well', {status: {health: {status: 'Healthy'}, sync: {status: 'Synced'}}}, 'up'),
  json(
    'Flux',
    'not ready',
    {status: {conditions: [{type: 'Ready', status: 'False', reason: 'BuildFailed', message: 'kustomize failed'}]}},
    'degraded',
    {says: 'kustomize failed', sole: true},
  ),
  json(
    'Airflow',
    'scheduler',
    {
      metadatabase: {status: 'healthy'},
      scheduler: {status: 'unhealthy', latest_scheduler_heartbeat: '2026-11-02T10:00:00Z'},
      triggerer: {status: null, latest_triggerer_heartbeat: null},
    },
    'degraded',
    {failing: {scheduler: 'down'}},
  ),
  json(
    'Airflow',
    'no triggerer was ever started',
    {metadatabase: {status: 'healthy'}, scheduler: {status: 'healthy'}, triggerer: {status: null}},
    'up',
  ),
]
