-- wrk -s load.lua URL -- COOKIE [BODY…]: GET, or POST each body in turn. « @ » in a body is a new number each time.

local bodies, sent, start, get = {}, 0, os.time(), nil

function init(args)
  wrk.headers["Cookie"] = args[1]
  for number = 2, #args do bodies[number - 1] = args[number] end
  if #bodies == 0 then
    get = wrk.format()
  else
    wrk.method = "POST"
    wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  end
end

function request()
  if get then return get end
  sent = sent + 1
  local body = bodies[sent % #bodies + 1]:gsub("@", start .. "_" .. sent)
  return wrk.format(nil, nil, nil, body)
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"requests": %d, "seconds": %f, "median": %f, "p95": %f, "refused": %d, "broken": %d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout
  ))
end
