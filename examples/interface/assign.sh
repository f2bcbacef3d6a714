#!/bin/sh
# 接口示例：只用 curl。说明见 README.md。
set -eu
url=${FUMA_URL:?请设置 FUMA_URL，如 https://cma.example.cn/sandbox/api/v1}
record=${FUMA_RECORD:-SH-$(date +%Y%m%d%H%M%S)}
today=$(date +%Y-%m-%d)
until=$(date -d '+6 years -1 day' +%Y-%m-%d)
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

# 答复中一个文本成员的值。正式的程序请用 JSON 库。
value() { grep -o "\"$1\":\"[^\"]*\"" "$answer" | head -n 1 | cut -d '"' -f 4; }

# post 路径 JSON：正文写到 $answer，状态码写到 $status。
post() {
    if [ -n "${FUMA_TOKEN_IN_FORM:-}" ]; then
        status=$(curl -sS -o "$answer" -w '%{http_code}' "$url$1" \
            --data-urlencode "access_token=$token" --data-urlencode "body=$2")
    else
        status=$(curl -sS -o "$answer" -w '%{http_code}' "$url$1" \
            -H "Authorization: Bearer $token" -H 'Content-Type: application/json' --data-binary "$2")
    fi
    grep -o '"message":"[^"]*"' "$answer" | cut -d '"' -f 4 | sed 's/^/  问题：/' || true
}

# get 路径：每个 GET 也可以用 POST 表单，网关不放行请求头时用它。
get() {
    if [ -n "${FUMA_TOKEN_IN_FORM:-}" ]; then
        curl -sS --fail -o "$2" "$url$1" --data-urlencode "access_token=$token"
    else
        curl -sS --fail -o "$2" -H "Authorization: Bearer $token" "$url$1"
    fi
}

# 1 取令牌：有效两小时，可以反复使用。
curl -sS --fail -o "$answer" "$url/token" --data-urlencode grant_type=client_credentials \
    --data-urlencode "client_id=$FUMA_CLIENT_ID" --data-urlencode "client_secret=$FUMA_CLIENT_SECRET"
token=$(value access_token)

# 2 预检：只检查，不写入。
item='{"items":[{"record_id":"'$record'","certificate":{"kind":"首次","body_name":"示例检测有限公司",
"uscc":"91610113YL00000125","legal_kind":"独立法人-企业","department":"无","address":"示例省示例市示例路1号",
"division":"610113","domain":"12","industry":"05","food":false,"procedure":"一般程序","decision_day":"'$today'",
"decision_number":"示许〔'$record'〕号","first_issued_on":"'$today'","issued_on":"'$today'","valid_from":"'$today'",
"valid_to":"'$until'"},"sites":[],"capabilities":[{"class":"水和废水","item":"示例参数","standard_name":"示例方法",
"standard_number":"HJ 1147-2020","approved_on":"'$today'","food":false}],"signatories":[],"instruments":[],"staff":[]}]}'
post /certificates/check "$item"
[ "$status" = 200 ] || { echo "预检没有通过：$status" >&2; cat "$answer" >&2; exit 1; }
echo "预检通过"

# 3 赋码。
post /certificates/assign "$item"
[ "$status" = 200 ] || { echo "没有赋码：$status" >&2; cat "$answer" >&2; exit 1; }
number=$(value number)
code=$(value code)
echo "已赋码：编号 $number，码 $code"

# 4 没有收到答复时，用同一业务记录号原样重发：答复当时的结果，不会重复赋码。
post /certificates/assign "$item"
[ "$(value number)" = "$number" ] && grep -q '"replayed":true' "$answer" || { echo "重发的答复不同" >&2; exit 1; }
echo "重发：仍是 $number"

# 5 取二维码。
get "/certificates/$number/qr.svg" qr.svg
echo "二维码：qr.svg"

# 6 撤销：另一笔业务，用另一个业务记录号。
post /certificates/status '{"items":[{"record_id":"'$record'-revoke","number":"'$number'","act":"revoke",
"effective":"'$today'","document":"示撤〔'$record'〕号","reason":"示例原因"}]}'
[ "$status" = 200 ] || { echo "没有撤销：$status" >&2; cat "$answer" >&2; exit 1; }

# 7 查结论。
get "/certificates/$number/verdict" "$answer"
echo "结论：$(value verdict)"
