{{- define "storageos-init.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end -}}
{{- end -}}
{{- end }}

{{- define "storageos-init.ownScripts" -}}
{{- if .Values.scripts.configMap }}{{ .Values.scripts.configMap }}
{{- else if .Values.scripts.files }}{{ .Values.daemonSet.name }}-scripts
{{- end -}}
{{- end }}

{{- define "storageos-init.metadata" -}}
namespace: {{ .Release.Namespace }}
labels:
  {{- toYaml .Values.daemonSet.labels | nindent 2 }}
{{- end }}

{{- define "storageos-init.clusterMetadata" -}}
name: {{ .Values.daemonSet.name }}.{{ .Release.Namespace }}.node-condition
labels:
  {{- toYaml .Values.daemonSet.labels | nindent 2 }}
{{- end }}
