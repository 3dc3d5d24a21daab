import type { NodeState } from '@heddle/core';
import { type FamilySpec, type MetricSample, type NodeView, single } from '../family.js';

const STATES: readonly NodeState['is'][] = ['NoState', 'NeedsLogin', 'NeedsMachineAuth', 'Starting', 'Running', 'Stopped'];

/** `derp:900/…` is region 900; what is no region of DERP has no number. */
function homeRegion({ status }: NodeView): readonly MetricSample[] {
  const relay = status.endpoints.find(({ kind }) => kind === 'relay')?.remote;
  const region = /^derp:(\d+)/.exec(relay ?? '')?.[1];
  return region === undefined ? [] : single(Number(region));
}

function approvedRoutes({ preferences, netmap }: NodeView): number {
  const approved = new Set(netmap?.self?.node?.allowedIps);
  return preferences.advertiseRoutes.filter((route) => approved.has(route)).length;
}

function endpointsByKind({ status }: NodeView): readonly MetricSample[] {
  const counts = new Map<string, number>();
  for (const { kind } of status.endpoints) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, value]) => ({ labels: { kind }, value }));
}

/** How the node as a whole stands. */
export const NODE: readonly FamilySpec[] = [
  {
    name: 'heddle_node_info',
    type: 'gauge',
    help: 'The host name of the node; 1.',
    labels: ['hostname'],
    read: ({ status }) => [{ labels: { hostname: status.hostname }, value: 1 }],
  },
  {
    name: 'heddle_node_state',
    type: 'gauge',
    help: '1 for the state that the node is in, 0 for the others.',
    labels: ['state'],
    read: ({ status }) => STATES.map((state) => ({ labels: { state }, value: Number(status.state.is === state) })),
  },
  {
    name: 'heddle_control_online',
    type: 'gauge',
    help: '1 while control answers, 0 while it does not; absent without a control.',
    labels: [],
    read: ({ status }) => (status.control === undefined ? [] : single(Number(status.control.is === 'online'))),
  },
  {
    name: 'heddle_home_derp_region_id',
    type: 'gauge',
    help: 'The DERP region where this node listens; absent without one.',
    labels: [],
    read: homeRegion,
  },
  {
    name: 'heddle_endpoints',
    type: 'gauge',
    help: 'Places where others may reach this node, by how they were found.',
    labels: ['kind'],
    read: endpointsByKind,
  },
  {
    name: 'heddle_advertised_routes',
    type: 'gauge',
    help: 'Routes that this node offers.',
    labels: [],
    read: ({ preferences }) => single(preferences.advertiseRoutes.length),
  },
  {
    name: 'heddle_approved_routes',
    type: 'gauge',
    help: 'Routes that this node offers and that control has approved.',
    labels: [],
    read: (view) => single(approvedRoutes(view)),
  },
  {
    name: 'heddle_crypto_info',
    type: 'gauge',
    help: 'The provider of each primitive of cryptography; 1.',
    labels: ['primitive', 'provider'],
    read: ({ status }) => Object.entries(status.crypto).map(([primitive, provider]) => ({ labels: { primitive, provider }, value: 1 })),
  },
];
