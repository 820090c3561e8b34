{{- define "trackly.name" -}}
{{- if contains "trackly" .Release.Name -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{- else -}}
{{ printf "%s-trackly" .Release.Name | trunc 40 | trimSuffix "-" }}{{- end -}}
{{- end }}

{{/* Labels that never change: selectors. Takes (dict "root" $ "role" name). */}}
{{- define "trackly.selector" -}}
app.kubernetes.io/name: trackly
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- end }}

{{- define "trackly.labels" -}}
{{ include "trackly.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{/* Takes (dict "root" $ "tag" tag-of-the-role). */}}
{{- define "trackly.image" -}}
{{- $image := .root.Values.image -}}
{{- if and $image.digest (not .tag) -}}
{{ $image.repository }}@{{ $image.digest }}
{{- else -}}
{{ $image.repository }}:{{ .tag | default $image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- define "trackly.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "trackly.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* What every pod is, whatever it runs. */}}
{{- define "trackly.pod" -}}
# The migration runs before there is an account of the chart.
serviceAccountName: {{ eq .role "migration" | ternary "default" (include "trackly.name" .root) }}
# No role asks Kubernetes for anything.
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- include "trackly.podSecurity" . | nindent 2 }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* Addresses with passwords, from existing secrets; then what is no secret. */}}
{{- define "trackly.env" -}}
{{- $values := .root.Values -}}
{{- $secrets := list "redis" "clickhouse" -}}
{{- if eq .role "migration" }}{{ $secrets = list "clickhouse" }}{{ end -}}
{{- if eq .role "api" }}{{ $secrets = append $secrets "adminKey" }}{{ end -}}
{{- $names := dict "redis" "REDIS_URL" "clickhouse" "CLICKHOUSE_URL" "adminKey" "ADMIN_KEY" -}}
{{- range $secrets }}
- name: {{ get $names . }}
  valueFrom:
    secretKeyRef: {{ toJson (pick (get $values.secrets .) "name" "key") }}
{{- end }}
{{- with $values.ca.configMap }}
- { name: NODE_EXTRA_CA_CERTS, value: /etc/trackly/ca.crt }
{{- end }}
{{- with $values.botRules.configMap }}
- { name: BOT_RULES, value: /etc/trackly-rules/bot-rules.json }
{{- end }}
{{- range $name, $value := $values.settings }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}

{{- define "trackly.mounts" -}}
- { name: data, mountPath: /data }
- { name: tmp, mountPath: /tmp }
{{- if .root.Values.ca.configMap }}
- { name: ca, mountPath: /etc/trackly, readOnly: true }
{{- end }}
{{- if .root.Values.botRules.configMap }}
- { name: bot-rules, mountPath: /etc/trackly-rules, readOnly: true }
{{- end }}
{{- end }}

{{- define "trackly.volumes" -}}
- { name: tmp, emptyDir: {} }
{{- with .root.Values.ca }}
{{- if .configMap }}
- name: ca
  configMap: { name: {{ .configMap }}, items: [{ key: {{ .key }}, path: ca.crt }] }
{{- end }}
{{- end }}
{{- with .root.Values.botRules }}
{{- if .configMap }}
- name: bot-rules
  configMap: { name: {{ .configMap }}, items: [{ key: {{ .key }}, path: bot-rules.json }] }
{{- end }}
{{- end }}
{{- end }}

{{/*
A role: a StatefulSet, because every role keeps something in /data that outlives its pod: the spool, the list of erasures, the
copies of the installation's keys. Takes (dict "root" $ "role" name "ready" path "port" name "env" list).
*/}}
{{- define "trackly.role" -}}
{{- $values := get .root.Values .role -}}
{{- $name := printf "%s-%s" (include "trackly.name" .root) .role -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ $name }}
  labels:
    {{- include "trackly.labels" . | nindent 4 }}
spec:
  serviceName: {{ include "trackly.name" .root }}-metrics
  {{- if eq $values.autoscaling.by "none" }}
  replicas: {{ $values.replicas }}
  {{- end }}
  revisionHistoryLimit: 3
  podManagementPolicy: Parallel
  # One pod after the other, each ready for a while before the next.
  updateStrategy: { type: RollingUpdate }
  minReadySeconds: 5
  # A pod that is scaled away may have left clicks: its claim waits for the next one of its name.
  persistentVolumeClaimRetentionPolicy: { whenScaled: Retain, whenDeleted: Retain }
  selector:
    matchLabels:
      {{- include "trackly.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "trackly.labels" . | nindent 8 }}
      {{- with $values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      {{- include "trackly.pod" . | nindent 6 }}
      # A role stops within 10 s; 3 s before it, load balancers take the pod out.
      terminationGracePeriodSeconds: 20
      {{- with $values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- with $values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      topologySpreadConstraints:
        {{- $selector := include "trackly.selector" . }}
        {{- range $key, $when := dict "topology.kubernetes.io/zone" .root.Values.spread.zones "kubernetes.io/hostname" .root.Values.spread.nodes }}
        - maxSkew: 1
          topologyKey: {{ $key }}
          whenUnsatisfiable: {{ $when }}
          labelSelector:
            matchLabels:
              {{- $selector | nindent 14 }}
        {{- end }}
      containers:
        - name: {{ .role }}
          image: {{ include "trackly.image" (dict "root" .root "tag" $values.tag) }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          args: [{{ .role }}]
          env:
            {{- include "trackly.env" . | trim | nindent 12 }}
            - { name: METRICS_PORT, value: "9464" }
            - { name: METRICS_HOST, value: 0.0.0.0 }
            {{- range .env }}
            - { name: {{ .name }}, value: {{ .value | quote }} }
            {{- end }}
          {{- with without (list .root.Values.secrets.settings .env_from) "" nil }}
          envFrom:
            {{- range . }}
            - secretRef: { name: {{ . }} }
            {{- end }}
          {{- end }}
          ports:
            {{- range $port, $number := .ports }}
            - { name: {{ $port }}, containerPort: {{ $number }} }
            {{- end }}
            - { name: metrics, containerPort: 9464 }
          # The supervisor answers /healthz also while the role waits for Redis or ClickHouse: it is not killed for that. A
          # process that hangs is restarted by the supervisor.
          startupProbe:
            httpGet: { path: /healthz, port: metrics }
            periodSeconds: 1
            failureThreshold: 60
          livenessProbe:
            httpGet: { path: /healthz, port: metrics }
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
          readinessProbe:
            httpGet: { path: /readyz, port: {{ .ready }} }
            periodSeconds: 2
            timeoutSeconds: 2
            failureThreshold: 2
          lifecycle:
            preStop:
              exec: { command: [sleep, "3"] }
          resources:
            {{- toYaml $values.resources | nindent 12 }}
          securityContext:
            {{- include "trackly.containerSecurity" . | nindent 12 }}
          volumeMounts:
            {{- include "trackly.mounts" . | nindent 12 }}
            {{- range .mounts }}
            - { name: {{ .name }}, mountPath: {{ .path }}, readOnly: true }
            {{- end }}
      volumes:
        {{- include "trackly.volumes" . | nindent 8 }}
        {{- range .mounts }}
        - { name: {{ .name }}, secret: { secretName: {{ .secret }} } }
        {{- end }}
  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        {{- with $values.volume.storageClass }}
        storageClassName: {{ . }}
        {{- end }}
        resources: { requests: { storage: {{ $values.volume.size }} } }
---
{{ include "trackly.budget" . }}
{{- if eq $values.autoscaling.by "cpu" }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ $name }}
  labels:
    {{- include "trackly.labels" . | nindent 4 }}
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: StatefulSet, name: {{ $name }} }
  minReplicas: {{ $values.autoscaling.minReplicas }}
  maxReplicas: {{ $values.autoscaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: { type: Utilization, averageUtilization: {{ $values.autoscaling.cpuPercent }} }
  behavior:
    {{- include "trackly.behavior" . | nindent 4 }}
{{- end }}
{{- end }}

{{/* Up at once, down slowly: sends come in waves. */}}
{{- define "trackly.behavior" -}}
scaleUp: { stabilizationWindowSeconds: 0 }
scaleDown: { stabilizationWindowSeconds: 600 }
{{- end }}

{{/* An unhealthy pod holds up no drain of a node: it answers nobody. */}}
{{- define "trackly.budget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "trackly.name" .root }}-{{ .role }}
  labels:
    {{- include "trackly.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "trackly.selector" . | nindent 6 }}
{{- end }}

{{/*
KEDA's ScaledObject of a role. Takes the same and "triggers": a list of (dict "query" "threshold" "type"). While Prometheus does
not answer, the number of pods stays, and is at least minReplicas.
*/}}
{{- define "trackly.scaled" -}}
{{- $values := get .root.Values .role -}}
{{- $name := printf "%s-%s" (include "trackly.name" .root) .role -}}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {{ $name }}
  labels:
    {{- include "trackly.labels" . | nindent 4 }}
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: StatefulSet, name: {{ $name }} }
  pollingInterval: 10
  minReplicaCount: {{ $values.autoscaling.minReplicas }}
  maxReplicaCount: {{ $values.autoscaling.maxReplicas }}
  fallback: { failureThreshold: 3, replicas: {{ $values.autoscaling.minReplicas }}, behavior: currentReplicasIfHigher }
  advanced:
    horizontalPodAutoscalerConfig:
      behavior:
        {{- include "trackly.behavior" . | nindent 8 }}
  triggers:
    {{- $url := .root.Values.monitoring.prometheusUrl }}
    {{- range .triggers }}
    - type: prometheus
      metricType: {{ .type }}
      metadata:
        serverAddress: {{ $url }}
        query: {{ .query }}
        threshold: {{ .threshold | quote }}
    {{- end }}
{{- end }}

{{/* The Service of a role, and its Ingress. Takes the role and "more": ports beside http, by name. */}}
{{- define "trackly.service" -}}
{{- $values := get .root.Values .role -}}
{{- $name := printf "%s-%s" (include "trackly.name" .root) .role -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ $name }}
  labels:
    {{- include "trackly.labels" . | nindent 4 }}
  {{- with $values.service.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  type: {{ $values.service.type }}
  {{- with $values.service.externalTrafficPolicy }}
  externalTrafficPolicy: {{ . }}
  {{- end }}
  selector:
    {{- include "trackly.selector" . | nindent 4 }}
  ports:
    - { name: http, port: 80, targetPort: http }
    {{- range $port, $number := .more }}
    - { name: {{ $port }}, port: {{ $number }}, targetPort: {{ $port }} }
    {{- end }}
{{- with $values.ingress }}
{{- if .enabled }}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ $name }}
  labels:
    {{- include "trackly.labels" $ | nindent 4 }}
  {{- with .annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with .className }}
  ingressClassName: {{ . }}
  {{- end }}
  {{- with .tlsSecret }}
  tls:
    - secretName: {{ . }}
      {{- with $values.ingress.hosts }}
      hosts: {{ toJson . }}
      {{- end }}
  {{- end }}
  rules:
    {{- range .hosts | default (list "") }}
    - {{ with . }}host: {{ . }}
      {{ end }}http:
        paths:
          - path: /
            pathType: Prefix
            backend: { service: { name: {{ $name }}, port: { name: http } } }
    {{- end }}
{{- end }}
{{- end }}
{{- end }}
